// libstdc++ asks it whether atomics may be plain; glibc has it from 2.32. There are always several threads here.
extern "C" {
extern char __libc_single_threaded;
char __libc_single_threaded = 0;
}

// std::string::reserve(), which shrink_to_fit calls and libstdc++ has from GLIBCXX 3.4.29: a request that need not be met.
extern "C" void heddleKeepCapacity(void*) __asm__("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7reserveEv");
extern "C" void heddleKeepCapacity(void*) {}

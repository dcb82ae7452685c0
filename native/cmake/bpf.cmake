# BPF objects: clang, BTF kept, DWARF stripped (its paths name the build machine, BTF's do not matter to the kernel).

find_program(BPF_CLANG NAMES clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang)
if(NOT BPF_CLANG)
	message(FATAL_ERROR "clang >= 15 is missing (scripts/setup installs it)")
endif()
execute_process(COMMAND "${BPF_CLANG}" -dumpversion OUTPUT_VARIABLE bpf_clang_version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(bpf_clang_version VERSION_LESS 15)
	message(FATAL_ERROR "${BPF_CLANG} is version ${bpf_clang_version}, expected 15 or newer (scripts/setup installs it)")
endif()
string(REGEX REPLACE "\\..*" "" bpf_clang_major "${bpf_clang_version}")
find_program(BPF_STRIP NAMES llvm-strip-${bpf_clang_major} llvm-strip)
if(NOT BPF_STRIP)
	message(FATAL_ERROR "llvm-strip is missing (scripts/setup installs it)")
endif()

# linux/types.h wants asm/types.h, which Debian keeps in the multiarch folder; clang -target bpf does not look there.
set(bpf_includes -I "${libbpf_uapi}" -I "${libbpf_headers}")
if(CMAKE_C_LIBRARY_ARCHITECTURE)
	list(APPEND bpf_includes -idirafter "/usr/include/${CMAKE_C_LIBRARY_ARCHITECTURE}")
endif()

function(add_bpf_object name source)
	get_filename_component(folder "${source}" DIRECTORY)
	set(object "${CMAKE_BINARY_DIR}/${name}.bpf.o")
	add_custom_command(
		OUTPUT "${object}"
		COMMAND "${BPF_CLANG}" -O2 -g -target bpf -mcpu=v3 -std=gnu11 -Wall -Wextra -Werror
			-Wno-unused-parameter -Wno-sign-compare -fno-stack-protector
			-I "${folder}" -I "${root}/bpf" ${bpf_includes}
			-MD -MF "${object}.d" -MT "${object}" -c "${source}" -o "${object}.tmp"
		COMMAND "${BPF_STRIP}" -g "${object}.tmp"
		COMMAND "${CMAKE_COMMAND}" -E rename "${object}.tmp" "${object}"
		DEPENDS "${source}"
		DEPFILE "${object}.d"
		COMMENT "BPF ${name}"
		VERBATIM)
endfunction()

# Test programs of the native core itself, independent of the datapath.
add_bpf_object(fixture "${CMAKE_CURRENT_SOURCE_DIR}/fixture/fixture.bpf.c")
add_bpf_object(rejected "${CMAKE_CURRENT_SOURCE_DIR}/fixture/rejected.bpf.c")
add_bpf_object(policy "${CMAKE_CURRENT_SOURCE_DIR}/fixture/policy.bpf.c")
set(bpf_objects
	"${CMAKE_BINARY_DIR}/fixture.bpf.o" "${CMAKE_BINARY_DIR}/rejected.bpf.o" "${CMAKE_BINARY_DIR}/policy.bpf.o")

# OFF: the addon alone, with its fixture embedded (work on the native core while the datapath does not compile).
option(HEDDLE_DATAPATH "Build and embed the datapath" ON)
if(HEDDLE_DATAPATH)
	file(GLOB datapath_sources CONFIGURE_DEPENDS "${root}/bpf/*.bpf.c")
endif()
foreach(source ${datapath_sources})
	get_filename_component(name "${source}" NAME)
	string(REPLACE ".bpf.c" "" name "${name}")
	add_bpf_object("${name}" "${source}")
	list(APPEND bpf_objects "${CMAKE_BINARY_DIR}/${name}.bpf.o")
endforeach()

if(HEDDLE_DATAPATH AND EXISTS "${root}/bpf/heddle.bpf.c")
	set(embedded_object "${CMAKE_BINARY_DIR}/heddle.bpf.o")
else()
	set(embedded_object "${CMAKE_BINARY_DIR}/fixture.bpf.o")
endif()
add_custom_target(bpf_objects ALL DEPENDS ${bpf_objects})

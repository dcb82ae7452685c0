# C tools of the bench and the tests: each bench/native/NAME.c one plain executable, with the files of the
# folder bench/native/NAME where there is one.

file(GLOB tool_sources CONFIGURE_DEPENDS "${root}/bench/native/*.c")
find_package(Threads)
foreach(source ${tool_sources})
	get_filename_component(name "${source}" NAME_WE)
	file(GLOB parts CONFIGURE_DEPENDS "${root}/bench/native/${name}/*.c")
	add_executable("${name}" "${source}" ${parts})
	target_include_directories("${name}" BEFORE PRIVATE "${libbpf_uapi}" "${libbpf_headers}" "${root}/bpf")
	target_compile_definitions("${name}" PRIVATE _GNU_SOURCE)
	target_compile_options("${name}" PRIVATE -O2 -Wall -Wextra)
	target_link_libraries("${name}" PRIVATE bpf Threads::Threads)
endforeach()

# BPF programs of the bench alone.
file(GLOB bench_sources CONFIGURE_DEPENDS "${root}/bench/native/bpf/*.bpf.c")
set(bench_objects)
foreach(source ${bench_sources})
	get_filename_component(name "${source}" NAME)
	string(REPLACE ".bpf.c" "" name "${name}")
	add_bpf_object("${name}" "${source}")
	list(APPEND bench_objects "${CMAKE_BINARY_DIR}/${name}.bpf.o")
endforeach()
if(bench_objects)
	add_custom_target(bench_objects ALL DEPENDS ${bench_objects})
endif()

# libbpf: pinned source, static, hidden symbols. Its own include/uapi comes before the system's:
# a distribution's linux/bpf.h may be older than TCX.

if(DEFINED ENV{LIBBPF_SOURCE_DIR} AND NOT "$ENV{LIBBPF_SOURCE_DIR}" STREQUAL "")
	set(libbpf_root "$ENV{LIBBPF_SOURCE_DIR}")
	if(NOT EXISTS "${libbpf_root}/src/libbpf.c")
		message(FATAL_ERROR "LIBBPF_SOURCE_DIR=${libbpf_root}: expected a libbpf source tree, found no src/libbpf.c")
	endif()
else()
	set(libbpf_root "${CMAKE_CURRENT_SOURCE_DIR}/.cache/libbpf-1.5.0")
	execute_process(
		COMMAND sh "${root}/scripts/fetch-libbpf" "${libbpf_root}"
		RESULT_VARIABLE fetch_result)
	if(NOT fetch_result EQUAL 0)
		message(FATAL_ERROR "libbpf could not be fetched (see above)")
	endif()
endif()

set(libbpf_uapi "${libbpf_root}/include/uapi")
set(libbpf_headers "${CMAKE_BINARY_DIR}/include")
file(GLOB libbpf_public "${libbpf_root}/src/*.h")
file(COPY ${libbpf_public} DESTINATION "${libbpf_headers}/bpf")

file(GLOB libbpf_sources "${libbpf_root}/src/*.c")
add_library(bpf STATIC ${libbpf_sources})
target_include_directories(bpf BEFORE PRIVATE "${libbpf_root}/include" "${libbpf_uapi}")
target_compile_definitions(bpf PRIVATE _LARGEFILE64_SOURCE _FILE_OFFSET_BITS=64 _GNU_SOURCE)
target_compile_options(bpf PRIVATE -O2 -g -w -std=gnu11 -ffunction-sections -fdata-sections)
target_include_directories(bpf INTERFACE "${libbpf_headers}")
target_link_libraries(bpf INTERFACE elf z)

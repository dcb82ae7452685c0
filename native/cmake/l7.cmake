# The L7 engine: one static library that knows neither Node nor the datapath, and a driver for its tests.
# RE2: pinned source, static, hidden symbols, as libbpf.

if(DEFINED ENV{RE2_SOURCE_DIR} AND NOT "$ENV{RE2_SOURCE_DIR}" STREQUAL "")
	set(re2_root "$ENV{RE2_SOURCE_DIR}")
	if(NOT EXISTS "${re2_root}/re2/re2.cc")
		message(FATAL_ERROR "RE2_SOURCE_DIR=${re2_root}: expected an RE2 source tree, found no re2/re2.cc")
	endif()
else()
	set(re2_root "${CMAKE_CURRENT_SOURCE_DIR}/.cache/re2-1.17.7")
	execute_process(
		COMMAND sh "${root}/scripts/fetch-re2" "${re2_root}"
		RESULT_VARIABLE fetch_result)
	if(NOT fetch_result EQUAL 0)
		message(FATAL_ERROR "RE2 could not be fetched (see above)")
	endif()
endif()

find_package(Threads REQUIRED)
find_path(LIBURING_INCLUDE_DIR liburing.h)
find_library(LIBURING_LIBRARY liburing.a)
if(NOT LIBURING_INCLUDE_DIR OR NOT LIBURING_LIBRARY)
	message(FATAL_ERROR "liburing is missing: install liburing-dev")
endif()
file(GLOB re2_sources "${re2_root}/re2/*.cc")
list(APPEND re2_sources "${re2_root}/util/rune.cc" "${re2_root}/util/strutil.cc")
list(FILTER re2_sources EXCLUDE REGEX "/(filtered_re2|prefilter|prefilter_tree|set)\\.cc$")
add_library(re2 STATIC ${re2_sources})
target_include_directories(re2 SYSTEM BEFORE PUBLIC "${re2_root}")
target_compile_options(re2 PRIVATE -O2 ${debug_info} -w -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
target_link_libraries(re2 PUBLIC Threads::Threads)

set(l7_floor "${CMAKE_CURRENT_SOURCE_DIR}/l7/glibc_floor.h")
target_compile_options(re2 PRIVATE -include "${l7_floor}")

file(GLOB l7_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/l7/*.cc")
add_library(l7 STATIC ${l7_sources})
# As "l7/engine.h": some of its headers have names that others have too.
target_include_directories(l7 INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}")
target_compile_definitions(l7 PRIVATE _GNU_SOURCE)
target_compile_options(l7 PRIVATE -O2 ${debug_info} -Wall -Wextra -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
# A file reads precompiled headers only when nothing comes before them: the floor is the first of them.
if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
	target_compile_options(l7 PRIVATE -include "${l7_floor}")
else()
	target_precompile_headers(l7 PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${l7_floor}>" ${common_headers})
endif()
target_link_libraries(l7 PUBLIC re2 "${LIBURING_LIBRARY}" Threads::Threads)

file(GLOB l7_driver_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/l7/test/*.cc")
add_executable(l7_driver ${l7_driver_sources})
target_include_directories(l7_driver SYSTEM PRIVATE "${NLOHMANN_JSON_DIR}")
target_compile_definitions(l7_driver PRIVATE _GNU_SOURCE)
target_compile_options(l7_driver PRIVATE -iquote "${CMAKE_CURRENT_SOURCE_DIR}/l7" -O1 ${debug_info} -Wall -Wextra -fno-exceptions -fno-rtti)
target_link_libraries(l7_driver PRIVATE l7)

if(HEDDLE_SANITIZE)
	foreach(target re2 l7 l7_driver)
		target_compile_options(${target} PRIVATE -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
	endforeach()
	target_link_options(l7_driver PRIVATE -fsanitize=address,undefined)
endif()

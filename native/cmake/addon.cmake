# The addon: one .node, no symbols but Node-API's two entries.

execute_process(
	COMMAND node -p "require('node:path').resolve(process.execPath, '../../include/node')"
	OUTPUT_VARIABLE node_headers OUTPUT_STRIP_TRAILING_WHITESPACE)
find_path(NODE_INCLUDE_DIR uv.h
	HINTS "$ENV{npm_config_nodedir}/include/node" "$ENV{npm_config_nodedir}/src" "${node_headers}"
	PATHS /usr/include/node /usr/local/include/node
	NO_DEFAULT_PATH)
if(NOT NODE_INCLUDE_DIR)
	message(FATAL_ERROR "Node's headers (uv.h) are missing: install libnode-dev, or set npm_config_nodedir to Node's prefix")
endif()
find_path(NODE_ADDON_API_DIR napi.h HINTS "${root}/node_modules/node-addon-api" NO_DEFAULT_PATH)
if(NOT NODE_ADDON_API_DIR)
	message(FATAL_ERROR "node_modules/node-addon-api is missing: run npm install first")
endif()

file(GLOB addon_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/*.cc")
add_library(heddle MODULE ${addon_sources} embedded_object.S)
set_source_files_properties(embedded_object.S PROPERTIES
	COMPILE_DEFINITIONS "EMBEDDED_OBJECT=\"${embedded_object}\""
	OBJECT_DEPENDS "${embedded_object}")
set_target_properties(heddle PROPERTIES PREFIX "" SUFFIX ".node" LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
add_dependencies(heddle bpf_objects)

target_include_directories(heddle SYSTEM BEFORE PRIVATE
	"${libbpf_uapi}" "${libbpf_headers}" "${NODE_ADDON_API_DIR}" ${CMAKE_JS_INC} "${NODE_INCLUDE_DIR}")
target_compile_definitions(heddle PRIVATE NAPI_VERSION=8 NAPI_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
	# A worker thread being terminated takes no exceptions any more; that is no reason to abort the process.
	NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS _GNU_SOURCE)
target_compile_options(heddle PRIVATE $<$<COMPILE_LANGUAGE:CXX>:
	-O2 ${debug_info} -Wall -Wextra -Wno-missing-field-initializers -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
	# For abi.h.
	-iquote "${root}/bpf">)
target_precompile_headers(heddle PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:napi.h>" "$<$<COMPILE_LANGUAGE:CXX>:string>" "$<$<COMPILE_LANGUAGE:CXX>:vector>")
target_link_libraries(heddle PRIVATE dns l7 bpf)

set(version_script "${CMAKE_CURRENT_SOURCE_DIR}/exports.map")
set_target_properties(heddle PROPERTIES LINK_DEPENDS "${version_script}")
# node exports zlib's and others' symbols: without -Bsymbolic ours might bind to its copies.
target_link_options(heddle PRIVATE
	"LINKER:--exclude-libs,ALL" "LINKER:-Bsymbolic" "LINKER:--gc-sections" "LINKER:-z,relro" "LINKER:-z,now"
	"LINKER:--version-script,${version_script}" "LINKER:--wrap=fstat" "LINKER:--wrap=stat")

if(HEDDLE_SANITIZE)
	foreach(target bpf heddle)
		target_compile_options(${target} PRIVATE
			$<$<COMPILE_LANGUAGE:C,CXX>:-O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
	endforeach()
	# libbpf's own code makes misaligned BTF accesses on purpose.
	target_compile_options(bpf PRIVATE -fno-sanitize=alignment,shift,pointer-overflow,nonnull-attribute)
	target_link_options(heddle PRIVATE -fsanitize=address,undefined)
else()
	add_custom_command(TARGET heddle POST_BUILD
		COMMAND "${CMAKE_STRIP}" --strip-debug "$<TARGET_FILE:heddle>")
endif()

# The DNS engine: a static library that knows neither Node nor the datapath, and a driver for its tests. After l7.cmake.

file(GLOB dns_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/dns/*.cc")
add_library(dns STATIC ${dns_sources})
target_include_directories(dns PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
target_compile_definitions(dns PRIVATE _GNU_SOURCE)
target_compile_options(dns PRIVATE ${l7_floor} -O2 -g -Wall -Wextra -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
target_link_libraries(dns PUBLIC l7 Threads::Threads)

file(GLOB dns_driver_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/dns/test/*.cc")
add_executable(dns_driver ${dns_driver_sources})
target_include_directories(dns_driver SYSTEM PRIVATE "${NLOHMANN_JSON_DIR}")
target_compile_definitions(dns_driver PRIVATE _GNU_SOURCE)
target_compile_options(dns_driver PRIVATE -O2 -g -Wall -Wextra -fno-exceptions -fno-rtti)
target_link_libraries(dns_driver PRIVATE dns)

if(HEDDLE_SANITIZE)
	foreach(target dns dns_driver)
		target_compile_options(${target} PRIVATE -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
	endforeach()
	target_link_options(dns_driver PRIVATE -fsanitize=address,undefined)
endif()

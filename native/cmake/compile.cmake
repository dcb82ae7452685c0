# What keeps a cold build short. Of debug info a release keeps the lines: the addon is stripped anyway.
set(debug_info "$<IF:$<CONFIG:Release>,-g1,-g>")

# Compiled once for all files of a target. Every file still includes what it uses: the sanitized variant compiles
# without these, and finds what is missing.
if(HEDDLE_SANITIZE)
	set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()
set(common_headers <algorithm> <memory> <string> <string_view> <unordered_map> <vector>)

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fd.h"
#include "map.h"
#include "program.h"
#include "status.h"

namespace heddle {

struct ReusedMap {
	std::string name;
	Fd fd;
	MapShape shape;
};

struct LoadRequest {
	std::vector<uint8_t> object;
	std::vector<std::pair<std::string, uint32_t>> maxEntries;
	bool hasRodata = false;
	std::vector<uint8_t> rodata;
	std::vector<ReusedMap> reuse;
	bool allPrograms = true;
	std::vector<std::string> programs;
};

struct LoadedObject {
	std::vector<MapSource> maps;
	std::vector<ProgramSource> programs;
};

/** Opens, creates maps, verifies, loads. */
Status loadObject(const LoadRequest& request, LoadedObject& out);

}  // namespace heddle

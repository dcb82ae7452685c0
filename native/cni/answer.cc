#include "answer.h"

#include <algorithm>
#include <iterator>

#include "json.h"

namespace heddle::cni {

/** The same as in lib/agent/cni/versions.ts; a test holds them against each other. */
static const char* const kVersions[] = {"0.4.0", "1.0.0", "1.1.0"};

static std::string text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Answer failed(const Failure& failure, const std::string& version) {
	Json json = {{"cniVersion", version}, {"code", static_cast<int>(failure.code)}, {"msg", failure.message},
		{"details", failure.details}};
	return {false, text(json)};
}

std::string answerVersion(const std::string& asked) {
	bool known = std::find(std::begin(kVersions), std::end(kVersions), asked) != std::end(kVersions);
	return known ? asked : *std::rbegin(kVersions);
}

Answer supportedVersions(const std::string& asked) {
	Json json = {{"cniVersion", asked.empty() ? *std::rbegin(kVersions) : asked}, {"supportedVersions", kVersions}};
	return {true, text(json)};
}

}  // namespace heddle::cni

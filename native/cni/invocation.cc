#include "invocation.h"

#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "json.h"

namespace heddle::cni {

static const char* const kCommands[] = {"ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"};
static const int kMaxTimeoutSeconds = 600;
static const size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

std::string environment(const char* name) {
	const char* value = getenv(name);
	return value ? value : "";
}

static Json parseObject(const std::string& text) {
	// The parser takes a zero byte for the end of the text.
	if (text.find('\0') != std::string::npos) return Json(Json::value_t::discarded);
	// Never copied: a copy of what is nested deep enough would exhaust the stack.
	Json json = Json::parse(text, nullptr, false);
	if (!json.is_object()) json = Json(Json::value_t::discarded);
	return json;
}

static std::optional<Failure> readSocket(const Json& json, Way& way) {
	auto found = json.find("agentSocket");
	if (found == json.end()) return std::nullopt;
	const std::string* path = found->get_ptr<const std::string*>();
	if (path && path->size() > 1 && path->front() == '/' && path->size() <= kMaxSocketPath) {
		way.socket = *path;
		return std::nullopt;
	}
	std::string expected = "agentSocket: expected an absolute path of at most " + std::to_string(kMaxSocketPath) + " bytes";
	return Failure{ErrorCode::InvalidConfiguration, expected, ""};
}

static std::optional<Failure> readTimeout(const Json& json, Way& way) {
	auto found = json.find("agentTimeoutSeconds");
	if (found == json.end()) return std::nullopt;
	if (found->is_number_unsigned()) {
		auto seconds = found->get<uint64_t>();
		if (seconds >= 1 && seconds <= kMaxTimeoutSeconds) {
			way.timeoutSeconds = static_cast<int>(seconds);
			return std::nullopt;
		}
	}
	std::string expected = "agentTimeoutSeconds: expected an integer from 1 to " + std::to_string(kMaxTimeoutSeconds);
	return Failure{ErrorCode::InvalidConfiguration, expected, ""};
}

static bool isKnown(const std::string& command) {
	return std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands);
}

Parsed parseInvocation(const std::string& command, std::string configuration, std::string& version) {
	Json json = parseObject(configuration);
	if (json.is_discarded())
		return Failure{ErrorCode::Decode, "standard input: found no JSON object, expected a network configuration", ""};
	auto found = json.find("cniVersion");
	if (found != json.end() && found->is_string()) version = found->get<std::string>();
	if (!isKnown(command)) {
		std::string message = "CNI_COMMAND: found '" + command + "', expected ADD, DEL, CHECK, GC, STATUS or VERSION";
		return Failure{ErrorCode::InvalidEnvironment, message, ""};
	}
	Invocation invocation = {command, std::move(configuration), version, {}};
	if (auto failure = readSocket(json, invocation.way)) return *failure;
	if (auto failure = readTimeout(json, invocation.way)) return *failure;
	return invocation;
}

std::string requestBody(const Invocation& invocation) {
	Json call = {{"command", invocation.command}, {"containerID", environment("CNI_CONTAINERID")},
		{"netns", environment("CNI_NETNS")}, {"ifname", environment("CNI_IFNAME")}, {"args", environment("CNI_ARGS")},
		{"path", environment("CNI_PATH")}};
	std::string body = call.dump(-1, ' ', false, Json::error_handler_t::replace);
	body.pop_back();
	return body + ",\"config\":" + invocation.configuration + "}";
}

}  // namespace heddle::cni

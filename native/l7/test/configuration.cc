#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "options.h"

namespace heddle::l7 {

using Json = nlohmann::json;

static std::string textOf(const Json& object, const char* field) {
	auto found = object.find(field);
	return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

static Mismatch mismatchOf(const std::string& text) {
	if (text == "LOG") return Mismatch::Log;
	if (text == "ADD") return Mismatch::Add;
	if (text == "DELETE") return Mismatch::Delete;
	return text == "REPLACE" ? Mismatch::Replace : Mismatch::Deny;
}

static RuleSpec ruleOf(const Json& object) {
	RuleSpec spec{textOf(object, "method"), textOf(object, "path"), textOf(object, "host"), {}, {}};
	if (object.contains("headers"))
		for (const Json& header : object["headers"]) spec.headers.push_back(header.get<std::string>());
	if (object.contains("headerMatches"))
		for (const Json& match : object["headerMatches"])
			spec.headerMatches.push_back(
				{textOf(match, "name"), textOf(match, "value"), mismatchOf(textOf(match, "mismatch"))});
	return spec;
}

template <typename Number>
static void readLimit(const Json& limits, const char* name, Number& value) {
	auto found = limits.find(name);
	if (found != limits.end() && found->is_number_unsigned()) value = found->get<Number>();
}

static void readLimits(const Json& json, Limits& limits) {
	readLimit(json, "requestLine", limits.requestLine);
	readLimit(json, "head", limits.head);
	readLimit(json, "headerCount", limits.headerCount);
	readLimit(json, "discardedBody", limits.discardedBody);
	readLimit(json, "headTimeout", limits.headTimeout);
	readLimit(json, "idleTimeout", limits.idleTimeout);
	readLimit(json, "connectTimeout", limits.connectTimeout);
	readLimit(json, "bodyTimeout", limits.bodyTimeout);
	readLimit(json, "bodyRate", limits.bodyRate);
	readLimit(json, "responseTimeout", limits.responseTimeout);
	readLimit(json, "upstreamIdle", limits.upstreamIdle);
	readLimit(json, "tunnelTimeout", limits.tunnelTimeout);
	readLimit(json, "lingerTimeout", limits.lingerTimeout);
	readLimit(json, "connections", limits.connections);
	readLimit(json, "connectionsPerClient", limits.connectionsPerClient);
}

bool readConfiguration(const std::string& path, Configuration& configuration, std::string& fault) {
	std::ifstream file(path);
	std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	Json json = Json::parse(text, nullptr, false);
	if (!json.is_object()) return fault = path + ": expected a JSON object", false;
	if (json.contains("limits")) readLimits(json["limits"], configuration.limits);
	configuration.rules = nullptr;
	if (!json.contains("rules") || !json["rules"].is_array()) return true;
	std::vector<RuleSpec> specs;
	std::vector<std::string> names;
	if (json.contains("serverNames"))
		for (const Json& name : json["serverNames"]) names.push_back(name.get<std::string>());
	for (const Json& rule : json["rules"]) specs.push_back(ruleOf(rule));
	auto rules = std::make_shared<RuleSet>();
	if (!rules->compile(specs, names, fault)) return false;
	configuration.rules = rules;
	return true;
}

}  // namespace heddle::l7

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "options.h"

namespace heddle::dns {

using Json = nlohmann::json;

static std::string textOf(const Json& object, const char* field) {
	auto found = object.find(field);
	return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

template <typename Number>
static void readLimit(const Json& limits, const char* name, Number& value) {
	auto found = limits.find(name);
	if (found != limits.end() && found->is_number_unsigned()) value = found->get<Number>();
}

static void readLimits(const Json& json, Limits& limits) {
	readLimit(json, "query", limits.query);
	readLimit(json, "queries", limits.queries);
	readLimit(json, "queriesPerClient", limits.queriesPerClient);
	readLimit(json, "queryTimeout", limits.queryTimeout);
	readLimit(json, "learnTimeout", limits.learnTimeout);
	readLimit(json, "held", limits.held);
	readLimit(json, "sockets", limits.sockets);
	readLimit(json, "socketIdle", limits.socketIdle);
	readLimit(json, "queriesPerSocket", limits.queriesPerSocket);
	readLimit(json, "mismatchesPerSocket", limits.mismatchesPerSocket);
	readLimit(json, "connections", limits.connections);
	readLimit(json, "connectionsPerClient", limits.connectionsPerClient);
	readLimit(json, "connectionIdle", limits.connectionIdle);
	readLimit(json, "pipelined", limits.pipelined);
	readLimit(json, "knownNames", limits.knownNames);
	readLimit(json, "shortestTtl", limits.shortestTtl);
}

static bool readRules(const Json& json, Configuration& configuration, std::string& fault) {
	configuration.rules = nullptr;
	if (!json.contains("rules") || !json["rules"].is_array()) return true;
	std::vector<RuleSpec> specs;
	for (const Json& rule : json["rules"]) specs.push_back({textOf(rule, "matchName"), textOf(rule, "matchPattern")});
	auto rules = std::make_shared<RuleSet>();
	if (!rules->compile(specs, fault)) return false;
	configuration.rules = rules;
	return true;
}

bool readConfiguration(const std::string& path, Configuration& configuration, std::string& fault) {
	std::ifstream file(path);
	std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	Json json = Json::parse(text, nullptr, false);
	if (!json.is_object()) return fault = path + ": expected a JSON object", false;
	if (json.contains("limits")) readLimits(json["limits"], configuration.limits);
	configuration.learns = !json.contains("learns") || json["learns"] != false;
	return readRules(json, configuration, fault);
}

}  // namespace heddle::dns

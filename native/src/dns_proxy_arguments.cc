#include "dns_proxy_arguments.h"

#include "arguments.h"
#include "errors.h"
#include "proxy_options.h"

namespace heddle {

struct Limit {
	const char* name;
	uint32_t* value;
};

static bool readNumbers(Napi::Object object, const std::vector<Limit>& all) {
	for (const Limit& limit : all)
		if (!optionalUint32(object, limit.name, (std::string("limits.") + limit.name).c_str(), *limit.value)) return false;
	return true;
}

bool readDnsLimits(Napi::Value value, dns::Limits& limits) {
	Napi::Object object;
	if (value.IsUndefined()) return true;
	if (!readObject(value.Env(), value, "limits", object)) return false;
	auto query = static_cast<uint32_t>(limits.query), held = static_cast<uint32_t>(limits.held);
	bool read = readNumbers(object,
		{{"query", &query}, {"queries", &limits.queries}, {"queriesPerClient", &limits.queriesPerClient},
			{"queryTimeout", &limits.queryTimeout}, {"learnTimeout", &limits.learnTimeout}, {"held", &held},
			{"sockets", &limits.sockets}, {"socketIdle", &limits.socketIdle}, {"queriesPerSocket", &limits.queriesPerSocket},
			{"mismatchesPerSocket", &limits.mismatchesPerSocket}, {"connections", &limits.connections},
			{"connectionsPerClient", &limits.connectionsPerClient}, {"connectionIdle", &limits.connectionIdle},
			{"pipelined", &limits.pipelined}, {"knownNames", &limits.knownNames}, {"shortestTtl", &limits.shortestTtl}});
	limits.query = query;
	limits.held = held;
	return read;
}

bool readDnsRules(Napi::Env env, Napi::Value value, std::vector<dns::RuleSpec>& rules) {
	return readList(env, value, "rules", [&](Napi::Value item, const std::string& place) {
		Napi::Object object;
		rules.emplace_back();
		return readObject(env, item, place.c_str(), object) &&
			optionalString(object, "matchName", (place + ".matchName").c_str(), rules.back().matchName) &&
			optionalString(object, "matchPattern", (place + ".matchPattern").c_str(), rules.back().matchPattern);
	});
}

bool readPort(Napi::Env env, Napi::Value value, uint32_t& port) {
	if (value.IsUndefined()) return true;
	if (!readUint32(env, value, "port", port, UINT16_MAX)) return false;
	if (port == 0) return throwArgument(env, "port", "an integer from 1 to 65535", "0"), false;
	return true;
}

bool readTicket(Napi::Env env, Napi::Value value, uint64_t& ticket) {
	static constexpr double kMost = 9007199254740991;
	double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
	bool valid = number >= 0 && number <= kMost;
	if (!valid) return throwArgument(env, "ticket", "a ticket of an answer", value), false;
	ticket = static_cast<uint64_t>(number);
	return true;
}

}  // namespace heddle

#include "http_proxy_arguments.h"

#include <algorithm>
#include <iterator>

#include "arguments.h"
#include "errors.h"
#include "proxy_options.h"

namespace heddle {

bool readStrings(Napi::Env env, Napi::Value value, const std::string& name, std::vector<std::string>& out) {
	return readList(env, value, name, [&](Napi::Value item, const std::string& place) {
		out.emplace_back();
		return readString(env, item, place.c_str(), out.back());
	});
}

struct Limit {
	const char* name;
	size_t* size;
	uint32_t* number;
};

template <size_t count>
static bool checkNames(Napi::Object object, const Limit (&all)[count]) {
	Napi::Array names = object.GetPropertyNames();
	if (names.IsEmpty()) return false;
	for (uint32_t i = 0; i < names.Length(); i++) {
		std::string name = names.Get(i).ToString().Utf8Value();
		auto isIt = [&name](const Limit& limit) { return name == limit.name; };
		if (std::any_of(std::begin(all), std::end(all), isIt)) continue;
		return throwArgument(object.Env(), "limits", "names of HttpProxyLimits", '"' + name + '"'), false;
	}
	return true;
}

bool readLimits(Napi::Value value, l7::Limits& limits) {
	Napi::Env env = value.Env();
	Napi::Object object;
	if (value.IsUndefined()) return true;
	if (!readObject(env, value, "limits", object)) return false;
	const Limit all[] = {{"requestLine", &limits.requestLine, nullptr}, {"head", &limits.head, nullptr},
		{"headerCount", &limits.headerCount, nullptr}, {"discardedBody", &limits.discardedBody, nullptr},
		{"headTimeout", nullptr, &limits.headTimeout}, {"idleTimeout", nullptr, &limits.idleTimeout},
		{"connectTimeout", nullptr, &limits.connectTimeout}, {"bodyTimeout", nullptr, &limits.bodyTimeout},
		{"bodyRate", nullptr, &limits.bodyRate}, {"responseTimeout", nullptr, &limits.responseTimeout},
		{"upstreamIdle", nullptr, &limits.upstreamIdle}, {"tunnelTimeout", nullptr, &limits.tunnelTimeout},
		{"lingerTimeout", nullptr, &limits.lingerTimeout}, {"connections", nullptr, &limits.connections},
		{"connectionsPerClient", nullptr, &limits.connectionsPerClient}};
	if (!checkNames(object, all)) return false;
	for (const Limit& limit : all) {
		uint32_t number = limit.size ? static_cast<uint32_t>(*limit.size) : *limit.number;
		if (!optionalUint32(object, limit.name, (std::string("limits.") + limit.name).c_str(), number)) return false;
		if (limit.size) *limit.size = number;
		else *limit.number = number;
	}
	return true;
}

static bool readMismatch(Napi::Object object, const std::string& place, l7::Mismatch& out) {
	std::string text;
	if (!optionalString(object, "mismatch", (place + ".mismatch").c_str(), text)) return false;
	if (text.empty()) out = l7::Mismatch::Deny;
	else if (text == "LOG") out = l7::Mismatch::Log;
	else if (text == "ADD") out = l7::Mismatch::Add;
	else if (text == "DELETE") out = l7::Mismatch::Delete;
	else if (text == "REPLACE") out = l7::Mismatch::Replace;
	else
		return throwArgument(object.Env(), (place + ".mismatch").c_str(), "LOG, ADD, DELETE or REPLACE", '"' + text + '"'),
			   false;
	return true;
}

static bool readHeaderMatch(Napi::Env env, Napi::Value value, const std::string& place, l7::HeaderMatch& out) {
	Napi::Object object;
	if (!readObject(env, value, place.c_str(), object)) return false;
	Napi::Value name = object.Get("name");
	return !name.IsEmpty() && readString(env, name, (place + ".name").c_str(), out.name) &&
		optionalString(object, "value", (place + ".value").c_str(), out.value) && readMismatch(object, place, out.mismatch);
}

static bool readHeaders(Napi::Object object, const std::string& place, l7::RuleSpec& out) {
	Napi::Env env = object.Env();
	Napi::Value headers = object.Get("headers");
	if (headers.IsEmpty()) return false;
	if (!headers.IsUndefined() && !readStrings(env, headers, place + ".headers", out.headers)) return false;
	Napi::Value matches = object.Get("headerMatches");
	if (matches.IsEmpty()) return false;
	if (matches.IsUndefined()) return true;
	return readList(env, matches, place + ".headerMatches", [&](Napi::Value item, const std::string& itemPlace) {
		out.headerMatches.emplace_back();
		return readHeaderMatch(env, item, itemPlace, out.headerMatches.back());
	});
}

bool readRules(Napi::Env env, Napi::Value value, std::vector<l7::RuleSpec>& rules) {
	return readList(env, value, "rules", [&](Napi::Value item, const std::string& place) {
		Napi::Object object;
		rules.emplace_back();
		l7::RuleSpec& rule = rules.back();
		return readObject(env, item, place.c_str(), object) &&
			optionalString(object, "method", (place + ".method").c_str(), rule.method) &&
			optionalString(object, "path", (place + ".path").c_str(), rule.path) &&
			optionalString(object, "host", (place + ".host").c_str(), rule.host) && readHeaders(object, place, rule);
	});
}

}  // namespace heddle

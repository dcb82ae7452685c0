#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "fd.h"
#include "record_ring.h"

namespace heddle {

class PolicyQuestions;

constexpr uint32_t kLeastRecordBytes = 64 << 10, kMostRecordBytes = 1 << 30;

/** What proxies of all kinds are given. */
struct ProxyOptions {
	/** One a thread. */
	Status makeRings(std::vector<std::unique_ptr<RecordRing>>& rings) const;

	Fd netns;
	uint32_t threads = 1;
	uint32_t recordBytes = 1 << 20;
};

// Each reads a part of a proxy's arguments, or throws naming it and returns false.

bool readProxyOptions(Napi::Object options, ProxyOptions& out);
/** `ask` and `control`. */
bool openPolicy(Napi::Object options, PolicyQuestions& out);
/** An interface name: an empty one would mean every device. */
bool readDevice(Napi::Env env, Napi::Value value, std::string& out);

/** Visits each of a list. false: it is none, or `read` threw. */
template <typename Read>
bool readList(Napi::Env env, Napi::Value value, const std::string& name, Read read) {
	if (!value.IsArray()) return throwArgument(env, name.c_str(), "an array", value), false;
	Napi::Array array = value.As<Napi::Array>();
	for (uint32_t i = 0; i < array.Length(); i++) {
		Napi::Value item = array.Get(i);
		if (item.IsEmpty() || !read(item, name + "[" + std::to_string(i) + "]")) return false;
	}
	return true;
}

}  // namespace heddle

#include "proxy_options.h"

#include <fcntl.h>

#include <cerrno>

#include "arguments.h"
#include "map.h"
#include "policy_questions.h"
#include "program.h"
#include "thread.h"

namespace heddle {

static constexpr uint32_t kMostThreads = 256;

static size_t powerOfTwo(size_t atLeast) {
	size_t size = 1;
	while (size < atLeast) size *= 2;
	return size;
}

Status ProxyOptions::makeRings(std::vector<std::unique_ptr<RecordRing>>& rings) const {
	for (uint32_t i = 0; i < threads; i++) {
		rings.push_back(std::make_unique<RecordRing>(powerOfTwo(recordBytes)));
		if (!rings.back()->isReady()) return Status::of("ERR_NO_MEMORY", "proxy: no memory for records");
	}
	return Status::success();
}

static bool readRange(Napi::Object options, const char* name, uint32_t least, uint32_t most, uint32_t& out) {
	if (!optionalUint32(options, name, name, out)) return false;
	if (out >= least && out <= most) return true;
	std::string expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
	return throwArgument(options.Env(), name, expected, std::to_string(out)), false;
}

bool readProxyOptions(Napi::Object options, ProxyOptions& out) {
	Napi::Env env = options.Env();
	int netns = -1;
	if (!readFd(env, options.Get("netns"), "netns", netns)) return false;
	Status status = checkNamespace(netns);
	if (status.failed()) return throwStatus(env, status), false;
	out.netns.reset(fcntl(netns, F_DUPFD_CLOEXEC, 3));
	if (!out.netns.valid()) return throwStatus(env, Status::system(errno, "fcntl", "netns")), false;
	return readRange(options, "threads", 1, kMostThreads, out.threads) &&
		readRange(options, "recordBytes", kLeastRecordBytes, kMostRecordBytes, out.recordBytes);
}

bool openPolicy(Napi::Object options, PolicyQuestions& out) {
	Napi::Env env = options.Env();
	Program* ask = Program::from(env, options.Get("ask"), "ask");
	Map* control = ask ? Map::from(env, options.Get("control"), "control") : nullptr;
	if (!control) return false;
	if (!ask->fd().valid()) return throwClosed(env, "ask"), false;
	if (control->fd() < 0) return throwClosed(env, "control"), false;
	Status status = out.open(*ask, *control);
	if (status.failed()) throwStatus(env, status);
	return !status.failed();
}

bool readDevice(Napi::Env env, Napi::Value value, std::string& out) {
	if (!readString(env, value, "device", out)) return false;
	if (!out.empty() && out.size() <= 15) return true;
	return throwArgument(env, "device", "an interface name of 1 to 15 bytes", '"' + out + '"'), false;
}

}  // namespace heddle

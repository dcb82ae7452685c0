#include "load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libbpf_log.h"
#include "privilege.h"
#include "verifier_log.h"

namespace heddle {

/** As in C: libbpf puts the object's name before `.rodata`, `.data` and `.bss`. */
static std::string nameOf(const bpf_map* map) {
	std::string name = bpf_map__name(map);
	return bpf_map__is_internal(map) && name.find('.') != std::string::npos ? name.substr(name.find('.')) : name;
}

/** Memory for every program's log: touched only by the one that fails. */
class LogBuffers {
public:
	~LogBuffers() {
		for (auto& [program, memory] : buffers_) munmap(memory, kSize);
	}
	void give(bpf_program* program) {
		void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (memory == MAP_FAILED) return;
		buffers_.emplace_back(program, memory);
		bpf_program__set_log_buf(program, static_cast<char*>(memory), kSize);
	}
	/** The rejected program, or nullptr. */
	bpf_program* rejected(std::string& log) const {
		for (auto& [program, memory] : buffers_) {
			log = static_cast<const char*>(memory);
			if (!log.empty()) return program;
		}
		return nullptr;
	}

private:
	// The verifier's own limit on old kernels is a little below 16 MiB.
	static constexpr size_t kSize = 16 * 1024 * 1024 - 4096;
	std::vector<std::pair<bpf_program*, void*>> buffers_;
};

class Loader {
public:
	explicit Loader(const LoadRequest& request) : request_(request) {}
	~Loader() { bpf_object__close(object_); }

	Status run(LoadedObject& out) {
		Status status = open();
		if (!status.failed()) status = sizeMaps();
		if (!status.failed()) status = setRodata();
		if (!status.failed()) status = reuseMaps();
		if (!status.failed()) status = choosePrograms();
		if (!status.failed()) status = load();
		if (!status.failed()) status = collect(out);
		return status;
	}

private:
	Status open();
	Status sizeMaps();
	Status setRodata();
	Status reuseMaps();
	Status choosePrograms();
	Status load();
	Status loadFailure(int error);
	Status collect(LoadedObject& out);
	Status findMap(const std::string& name, const char* argument, bpf_map*& out);

	const LoadRequest& request_;
	bpf_object* object_ = nullptr;
	LogBuffers logs_;
};

Status Loader::open() {
	bpf_object_open_opts options = {};
	options.sz = sizeof(options);
	options.object_name = "heddle";
	object_ = bpf_object__open_mem(request_.object.data(), request_.object.size(), &options);
	if (object_) return Status::success();
	int error = errno;
	std::string why = lastLibbpfWarning();
	Status status = Status::of(
		"ERR_INVALID_ARGUMENT", "object: expected a BPF object file, found " + (why.empty() ? describe(error) : why));
	status.error = error;
	return status;
}

Status Loader::findMap(const std::string& name, const char* argument, bpf_map*& out) {
	bpf_map* map;
	bpf_object__for_each_map(map, object_) {
		if (name != nameOf(map)) continue;
		out = map;
		return Status::success();
	}
	return Status::of(
		"ERR_INVALID_ARGUMENT", std::string(argument) + ": expected the name of a map of the object, found \"" + name + "\"");
}

Status Loader::sizeMaps() {
	for (auto& [name, entries] : request_.maxEntries) {
		bpf_map* map;
		Status status = findMap(name, "maxEntries", map);
		if (status.failed()) return status;
		int error = bpf_map__set_max_entries(map, entries);
		if (error != 0)
			return Status::system(
				-error, "bpf_map__set_max_entries", "map " + name + " with " + std::to_string(entries) + " entries");
	}
	return Status::success();
}

Status Loader::setRodata() {
	if (!request_.hasRodata) return Status::success();
	bpf_map* map;
	Status status = findMap(".rodata", "rodata", map);
	if (status.failed()) return status;
	if (request_.rodata.size() != bpf_map__value_size(map))
		return Status::of("ERR_INVALID_ARGUMENT",
			"rodata: expected " + std::to_string(bpf_map__value_size(map)) + " bytes, found " +
				std::to_string(request_.rodata.size()));
	int error = bpf_map__set_initial_value(map, request_.rodata.data(), request_.rodata.size());
	return error == 0 ? Status::success() : Status::system(-error, "bpf_map__set_initial_value", ".rodata");
}

static Status checkLayout(const bpf_map* map, const MapShape& found) {
	struct {
		const char* what;
		uint32_t expected, actual;
	} checks[] = {
		{"type", static_cast<uint32_t>(bpf_map__type(map)), found.type},
		{"key size", bpf_map__key_size(map), found.keySize},
		{"value size", bpf_map__value_size(map), found.valueSize},
		{"flags", bpf_map__map_flags(map), found.flags},
	};
	for (auto& check : checks) {
		if (check.expected == check.actual) continue;
		std::string name = nameOf(map);
		return Status::of("ERR_LAYOUT_MISMATCH",
			"map " + name + ": " + check.what + ": expected " + std::to_string(check.expected) + ", found " +
				std::to_string(check.actual))
			.with("map", name);
	}
	return Status::success();
}

Status Loader::reuseMaps() {
	for (const ReusedMap& reused : request_.reuse) {
		bpf_map* map;
		Status status = findMap(reused.name, "reuse", map);
		if (!status.failed()) status = checkLayout(map, reused.shape);
		if (status.failed()) return status;
		int error = bpf_map__reuse_fd(map, reused.fd.get());
		if (error != 0) return Status::system(-error, "bpf_map__reuse_fd", "map " + reused.name);
	}
	return Status::success();
}

Status Loader::choosePrograms() {
	size_t found = 0;
	bpf_program* program;
	bpf_object__for_each_program(program, object_) {
		const auto& names = request_.programs;
		bool wanted = request_.allPrograms || std::find(names.begin(), names.end(), bpf_program__name(program)) != names.end();
		bpf_program__set_autoload(program, wanted);
		if (!wanted) continue;
		found++;
		logs_.give(program);
	}
	if (request_.allPrograms || found == request_.programs.size()) return Status::success();
	for (const std::string& name : request_.programs)
		if (!bpf_object__find_program_by_name(object_, name.c_str()))
			return Status::of(
				"ERR_INVALID_ARGUMENT", "programs: expected the name of a program of the object, found \"" + name + "\"");
	return Status::success();
}

Status Loader::load() {
	int result = bpf_object__load(object_);
	return result == 0 ? Status::success() : loadFailure(-result);
}

Status Loader::loadFailure(int error) {
	if (error == EPERM || error == EACCES) {
		// EACCES is also a verifier's answer; then there is a log.
		std::string missing = missingPrivilege();
		if (!missing.empty()) {
			Status status = Status::of("ERR_PERMISSION", missing);
			status.error = error;
			status.syscall = "bpf";
			return status;
		}
	}
	std::string log;
	if (bpf_program* program = logs_.rejected(log)) {
		std::string name = bpf_program__name(program), summary = summarizeVerifierLog(log);
		Status status = Status::of("ERR_VERIFIER", "program " + name + " was rejected: " + summary);
		status.error = error;
		status.syscall = "bpf(BPF_PROG_LOAD)";
		return status.with("program", name).with("log", log).with("summary", summary);
	}
	std::string why = lastLibbpfWarning();
	Status status = Status::system(error, "bpf", "loading the BPF object");
	if (!why.empty()) status.message += " (" + why + ")";
	if (error == EINVAL || error == EOPNOTSUPP || error == ENOTSUP) {
		status.code = "ERR_KERNEL_FEATURE";
		status.with("feature", why.empty() ? "unknown" : why);
	}
	return status;
}

Status Loader::collect(LoadedObject& out) {
	bpf_map* map;
	bpf_object__for_each_map(map, object_) {
		if (bpf_map__fd(map) < 0) continue;
		MapSource source;
		source.fd.reset(fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 3));
		if (!source.fd.valid()) return Status::system(errno, "fcntl", "map descriptor");
		Status status = describeMap(source.fd.get(), nameOf(map), source.shape);
		if (status.failed()) return status;
		out.maps.push_back(std::move(source));
	}
	bpf_program* program;
	bpf_object__for_each_program(program, object_) {
		if (bpf_program__fd(program) < 0) continue;
		ProgramSource source;
		source.fd.reset(fcntl(bpf_program__fd(program), F_DUPFD_CLOEXEC, 3));
		if (!source.fd.valid()) return Status::system(errno, "fcntl", "program descriptor");
		Status status = describeProgram(bpf_program__name(program), source);
		if (status.failed()) return status;
		out.programs.push_back(std::move(source));
	}
	return Status::success();
}

Status loadObject(const LoadRequest& request, LoadedObject& out) {
	std::string missing = missingPrivilege();
	if (!missing.empty()) return Status::of("ERR_PERMISSION", missing);
	captureLibbpfLog();
	return Loader(request).run(out);
}

}  // namespace heddle

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "arguments.h"
#include "errors.h"
#include "modules.h"
#include "thread.h"

namespace heddle {

constexpr const char* kFolder = "/run/netns";

static bool readName(Napi::Env env, Napi::Value value, std::string& out) {
	if (!readString(env, value, "name", out)) return false;
	bool valid = !out.empty() && out.size() <= 255 && out != "." && out != ".." && out.find('/') == std::string::npos;
	if (!valid) throwArgument(env, "name", "a name of 1 to 255 characters without '/'", "\"" + out + "\"");
	return valid;
}

static Status openNamespace(const std::string& path, Fd& out) {
	out.reset(open(path.c_str(), O_RDONLY | O_CLOEXEC));
	if (!out.valid()) return Status::system(errno, "open", "network namespace " + path);
	Status status = checkNamespace(out.get());
	if (status.failed()) return Status::of("ERR_INVALID_ARGUMENT", "netns: expected a network namespace, found " + path);
	return status;
}

/** As `ip netns add`: the folder is a shared mount, so that namespaces made or removed show in every mount namespace. */
static Status prepareFolder() {
	if (mkdir(kFolder, 0755) != 0 && errno != EEXIST) return Status::system(errno, "mkdir", kFolder);
	if (mount("", kFolder, "none", MS_SHARED | MS_REC, nullptr) == 0) return Status::success();
	if (errno != EINVAL) return Status::system(errno, "mount", kFolder);
	if (mount(kFolder, kFolder, "none", MS_BIND | MS_REC, nullptr) != 0 ||
		mount("", kFolder, "none", MS_SHARED | MS_REC, nullptr) != 0)
		return Status::system(errno, "mount", kFolder);
	return Status::success();
}

static Status createBound(const std::string& path) {
	Fd file(open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
	if (!file.valid()) return Status::system(errno, "open", "network namespace " + path);
	Status status;
	// unshare and bind on a thread of its own: the caller's namespace does not change.
	auto body = [&] {
		if (unshare(CLONE_NEWNET) != 0) status = Status::system(errno, "unshare", "network namespace " + path);
		else if (mount("/proc/thread-self/ns/net", path.c_str(), "none", MS_BIND, nullptr) != 0)
			status = Status::system(errno, "mount", "network namespace " + path);
	};
	onThread(body);
	if (status.failed()) ::unlink(path.c_str());
	return status;
}

static Napi::Value create(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string name;
	if (!readName(env, info[0], name)) return env.Undefined();
	std::string path = std::string(kFolder) + "/" + name;
	Status status = prepareFolder();
	if (!status.failed()) status = createBound(path);
	Fd fd;
	if (!status.failed()) status = openNamespace(path, fd);
	if (status.failed()) return throwStatus(env, status);
	return Napi::Number::New(env, fd.release());
}

static Napi::Value open(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string name;
	if (!readString(env, info[0], "nameOrPath", name)) return env.Undefined();
	if (name.find('/') == std::string::npos) {
		if (!readName(env, info[0], name)) return env.Undefined();
		name = std::string(kFolder) + "/" + name;
	}
	Fd fd;
	Status status = openNamespace(name, fd);
	if (status.failed()) return throwStatus(env, status);
	return Napi::Number::New(env, fd.release());
}

static Napi::Value remove(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string name;
	if (!readName(env, info[0], name)) return env.Undefined();
	std::string path = std::string(kFolder) + "/" + name;
	// EINVAL: a left-over file without a namespace on it.
	if (umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT)
		return throwStatus(env, Status::system(errno, "umount", "network namespace " + path));
	if (::unlink(path.c_str()) == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throwStatus(env, Status::system(errno, "unlink", "network namespace " + path));
}

/** First argument: the descriptor of a network namespace, nothing else. */
static bool readNamespace(const Napi::CallbackInfo& info, int& out) {
	if (!readFd(info.Env(), info[0], "netns", out)) return false;
	Status status = checkNamespace(out);
	if (status.failed()) throwStatus(info.Env(), status);
	return !status.failed();
}

static Napi::Value close(const Napi::CallbackInfo& info) {
	int fd = -1;
	if (readNamespace(info, fd)) ::close(fd);
	return info.Env().Undefined();
}

static Napi::Value inode(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	int fd = -1;
	Fd own;
	if (!info[0].IsUndefined()) {
		if (!readNamespace(info, fd)) return env.Undefined();
	} else {
		Status status = currentNamespace(own);
		if (status.failed()) return throwStatus(env, status);
		fd = own.get();
	}
	return Napi::BigInt::New(env, namespaceInode(fd));
}

static Napi::Value run(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	int fd = -1;
	if (!readNamespace(info, fd)) return env.Undefined();
	if (!info[1].IsFunction()) return throwArgument(env, "fn", "a function", info[1]);
	Fd own;
	Status status = currentNamespace(own);
	if (!status.failed() && setns(fd, CLONE_NEWNET) != 0)
		status = Status::system(errno, "setns", "entering the network namespace");
	if (status.failed()) return throwStatus(env, status);
	Napi::Value result = info[1].As<Napi::Function>().Call({});
	// A thread left in the wrong namespace would do harm in silence.
	if (setns(own.get(), CLONE_NEWNET) != 0)
		Napi::Error::Fatal("netns.run", "cannot return to the thread's own network namespace");
	return env.IsExceptionPending() ? env.Undefined() : result;
}

static Napi::Value enter(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	int fd = -1;
	if (!readNamespace(info, fd)) return env.Undefined();
	if (syscall(SYS_gettid) == getpid())
		return throwStatus(env,
			Status::of("ERR_MAIN_THREAD",
				"netns.enter: the main thread does not change its namespace: use a worker thread, or netns.run"));
	if (setns(fd, CLONE_NEWNET) != 0) return throwStatus(env, Status::system(errno, "setns", "entering the network namespace"));
	return env.Undefined();
}

void exportNetns(Napi::Env env, Napi::Object exports) {
	Napi::Object object = Napi::Object::New(env);
	object.Set("create", Napi::Function::New<create>(env, "create"));
	object.Set("open", Napi::Function::New<open>(env, "open"));
	object.Set("remove", Napi::Function::New<remove>(env, "remove"));
	object.Set("close", Napi::Function::New<close>(env, "close"));
	object.Set("inode", Napi::Function::New<inode>(env, "inode"));
	object.Set("run", Napi::Function::New<run>(env, "run"));
	object.Set("enter", Napi::Function::New<enter>(env, "enter"));
	exports.Set("netns", object);
}

}  // namespace heddle

#include "pin.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "arguments.h"
#include "errors.h"

namespace heddle {

bool openPin(const Napi::CallbackInfo& info, Fd& out) {
	std::string path;
	if (!readString(info.Env(), info[0], "path", path)) return false;
	out.reset(bpf_obj_get(path.c_str()));
	if (out.valid()) return true;
	throwStatus(info.Env(), Status::system(errno, "bpf(BPF_OBJ_GET)", path));
	return false;
}

Napi::Value pinTo(const Napi::CallbackInfo& info, int fd) {
	std::string path;
	if (!readString(info.Env(), info[0], "path", path)) return info.Env().Undefined();
	if (bpf_obj_pin(fd, path.c_str()) == 0) return info.Env().Undefined();
	int error = errno;
	return throwStatus(info.Env(), Status::system(error, "bpf(BPF_OBJ_PIN)", path));
}

}  // namespace heddle

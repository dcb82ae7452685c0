#include "status.h"

#include <cerrno>
#include <cstring>

namespace heddle {

// Kernel-internal, but some bpf commands let it out.
constexpr int kErrorNotSupported = 524;

const char* codeOf(int error) {
	switch (error) {
	case EPERM:
	case EACCES: return "ERR_PERMISSION";
	case ENOENT:
	case ESRCH: return "ERR_NOT_FOUND";
	case EEXIST: return "ERR_EXISTS";
	case ENODEV:
	case ENXIO:
	case ENOLINK: return "ERR_NO_INTERFACE";
	case EINVAL:
	case EDOM:
	case ERANGE:
	case ENAMETOOLONG: return "ERR_INVALID_ARGUMENT";
	case EOPNOTSUPP:
	case ENOSYS:
	case kErrorNotSupported: return "ERR_NOT_SUPPORTED";
	case E2BIG:
	case ENOSPC: return "ERR_FULL";
	case EBUSY:
	case EAGAIN: return "ERR_BUSY";
	case ENOMEM:
	case ENOBUFS: return "ERR_NO_MEMORY";
	case EMFILE:
	case ENFILE: return "ERR_TOO_MANY_FILES";
	case EBADF: return "ERR_CLOSED";
	default: return "ERR_SYSTEM";
	}
}

std::string describe(int error) {
	if (error == kErrorNotSupported) return "Operation not supported";
	char buffer[128];
	// The GNU variant returns its own or a static text.
	return strerror_r(error, buffer, sizeof(buffer));
}

Status Status::of(std::string code, std::string message) {
	Status status;
	status.code = std::move(code);
	status.message = std::move(message);
	return status;
}

Status Status::system(int error, std::string syscall, std::string what) {
	Status status = of(codeOf(error), std::move(what) + ": " + describe(error));
	status.error = error;
	status.syscall = std::move(syscall);
	return status;
}

Status& Status::with(std::string name, std::string text) {
	details.push_back({std::move(name), std::move(text), 0, false});
	return *this;
}

Status& Status::with(std::string name, double number) {
	details.push_back({std::move(name), {}, number, true});
	return *this;
}

}  // namespace heddle

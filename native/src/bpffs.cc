#include "bpffs.h"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

namespace heddle {

Status ensureBpffs(const std::string& path, bool& mounted) {
	mounted = false;
	if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return Status::system(errno, "mkdir", path);
	struct statfs info;
	if (statfs(path.c_str(), &info) != 0) return Status::system(errno, "statfs", path);
	if (static_cast<unsigned long>(info.f_type) == BPF_FS_MAGIC) return Status::success();
	if (mount("bpf", path.c_str(), "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") != 0)
		return Status::system(errno, "mount", "bpffs on " + path);
	mounted = true;
	return Status::success();
}

}  // namespace heddle

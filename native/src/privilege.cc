#include "privilege.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#ifndef CAP_BPF
#define CAP_BPF 39
#endif

namespace heddle {

std::string missingPrivilege() {
	__user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	__user_cap_data_struct data[2] = {};
	if (syscall(SYS_capget, &header, data) != 0) return "capabilities cannot be read (capget failed)";
	uint64_t effective = data[0].effective | static_cast<uint64_t>(data[1].effective) << 32;
	auto has = [&](int capability) { return (effective >> capability & 1) != 0; };
	bool bpf = has(CAP_BPF) || has(CAP_SYS_ADMIN), net = has(CAP_NET_ADMIN);
	if (bpf && net) return "";
	std::string names = !bpf && !net ? "CAP_BPF and CAP_NET_ADMIN" : !bpf ? "CAP_BPF" : "CAP_NET_ADMIN";
	std::string who = geteuid() == 0 ? "root of this container lacks it" : "not root: run as root or grant it";
	return "missing " + names + " (" + who + ")";
}

}  // namespace heddle

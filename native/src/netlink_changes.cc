#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

#include "arguments.h"
#include "netlink.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

struct Changes {
	bool addresses = false;
	bool links = false;
};

/** A socket that hears of addresses and links in the namespace of `netlink`. */
static Status subscribe(int netlink, Fd& out) {
	Fd netns(ioctl(netlink, SIOCGSKNS));
	if (!netns.valid()) return Status::system(errno, "ioctl(SIOCGSKNS)", "rtnetlink");
	return inNamespace(netns.get(), [&out] {
		out.reset(openNetlink());
		if (!out.valid()) return Status::system(errno, "socket", "rtnetlink");
		// Without a number of its own a socket is taken for the kernel, and spared what the kernel tells.
		sockaddr_nl any = {};
		any.nl_family = AF_NETLINK;
		if (bind(out.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)) != 0)
			return Status::system(errno, "bind", "rtnetlink");
		for (int group : {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR})
			if (setsockopt(out.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0)
				return Status::system(errno, "setsockopt(NETLINK_ADD_MEMBERSHIP)", "rtnetlink");
		return Status::success();
	});
}

/** Link-local addresses come and go with every interface, and are nobody's outside it. */
static bool isOfInterest(const nlmsghdr* header) {
	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(ifaddrmsg))) return true;
	auto* message = static_cast<const ifaddrmsg*>(NLMSG_DATA(header));
	return message->ifa_scope != RT_SCOPE_LINK && message->ifa_scope != RT_SCOPE_HOST;
}

static void note(const nlmsghdr* header, Changes& changes) {
	if (header->nlmsg_type == RTM_DELLINK) changes.links = true;
	if (header->nlmsg_type == RTM_NEWADDR || header->nlmsg_type == RTM_DELADDR)
		changes.addresses = changes.addresses || isOfInterest(header);
}

static Changes drain(int fd) {
	alignas(nlmsghdr) uint8_t buffer[32768];
	Changes changes;
	for (;;) {
		ssize_t length = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (length < 0 && errno == EINTR) continue;
		if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return changes;
		// Overrun, or worse: anything may have happened.
		if (length < 0) {
			changes = {true, true};
			if (errno != ENOBUFS) return changes;
			continue;
		}
		int size = static_cast<int>(length);
		for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, size); header = NLMSG_NEXT(header, size))
			note(header, changes);
	}
}

Napi::Value Netlink::changes(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Changes changes = {true, true};
	if (changes_.valid()) {
		changes = drain(changes_.get());
	} else {
		Status status = subscribe(fd_.get(), changes_);
		if (status.failed()) return throwStatus(env, status);
	}
	Napi::Object object = Napi::Object::New(env);
	object.Set("addresses", changes.addresses);
	object.Set("links", changes.links);
	return object;
}

}  // namespace heddle

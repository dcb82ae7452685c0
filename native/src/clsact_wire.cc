#include "clsact_wire.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <initializer_list>

#include "netlink_wire.h"

namespace heddle {

static uint32_t parentOf(uint32_t hook) {
	return TC_H_MAKE(TC_H_CLSACT, hook == kIngress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
}

static tcmsg qdiscMessage(int ifindex) {
	tcmsg message = {};
	message.tcm_family = AF_UNSPEC;
	message.tcm_ifindex = ifindex;
	message.tcm_parent = TC_H_CLSACT;
	message.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	return message;
}

static tcmsg filterMessage(int ifindex, uint32_t hook) {
	tcmsg message = {};
	message.tcm_family = AF_UNSPEC;
	message.tcm_ifindex = ifindex;
	message.tcm_parent = parentOf(hook);
	message.tcm_handle = 1;
	message.tcm_info = TC_H_MAKE(1u << 16, htons(ETH_P_ALL));
	return message;
}

void writeAddQdisc(MessageWriter& writer, int ifindex) {
	writer.begin(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, qdiscMessage(ifindex));
	writer.text(TCA_KIND, "clsact");
	writer.end();
}

void writeDeleteQdisc(MessageWriter& writer, int ifindex) {
	writer.begin(RTM_DELQDISC, NLM_F_ACK, qdiscMessage(ifindex));
	writer.end();
}

void writeFilter(MessageWriter& writer, int ifindex, uint32_t hook, int programFd, uint16_t flags) {
	writer.begin(RTM_NEWTFILTER, static_cast<uint16_t>(NLM_F_ACK | flags), filterMessage(ifindex, hook));
	writer.text(TCA_KIND, "bpf");
	size_t options = writer.nest(TCA_OPTIONS);
	writer.number(TCA_BPF_FD, static_cast<uint32_t>(programFd));
	writer.text(TCA_BPF_NAME, "heddle");
	writer.number(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	writer.endNest(options);
	writer.end();
}

void writeDeleteFilter(MessageWriter& writer, int ifindex, uint32_t hook) {
	writer.begin(RTM_DELTFILTER, NLM_F_ACK, filterMessage(ifindex, hook));
	writer.text(TCA_KIND, "bpf");
	writer.end();
}

static int readProgramId(void* context, const nlmsghdr* header) {
	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(tcmsg))) return EBADMSG;
	auto* message = static_cast<const uint8_t*>(NLMSG_DATA(header));
	AttributeReader attributes(message + sizeof(tcmsg), header->nlmsg_len - NLMSG_LENGTH(sizeof(tcmsg)));
	while (attributes.next()) {
		if (attributes.type() != TCA_OPTIONS) continue;
		AttributeReader options = attributes.nested();
		while (options.next())
			if (options.type() == TCA_BPF_ID) *static_cast<uint32_t*>(context) = options.number();
	}
	return 0;
}

int findFilter(int fd, int ifindex, uint32_t hook, uint32_t& programId) {
	alignas(nlmsghdr) uint8_t memory[256];
	MessageWriter writer(memory, sizeof(memory));
	writer.begin(RTM_GETTFILTER, 0, filterMessage(ifindex, hook));
	writer.text(TCA_KIND, "bpf");
	writer.end();
	programId = 0;
	int error = query(fd, writer, readProgramId, &programId);
	// Without the qdisc, the priority or the handle, kernels answer differently.
	if (error == EINVAL || (error == 0 && programId == 0)) return ENOENT;
	return error;
}

static int countFilter(void* context, const nlmsghdr* header) {
	if (header->nlmsg_type == RTM_NEWTFILTER) (*static_cast<int*>(context))++;
	return 0;
}

bool isClsactEmpty(int fd, int ifindex) {
	int count = 0;
	for (uint32_t hook : {kIngress, kEgress}) {
		alignas(nlmsghdr) uint8_t memory[128];
		MessageWriter writer(memory, sizeof(memory));
		tcmsg message = {};
		message.tcm_family = AF_UNSPEC;
		message.tcm_ifindex = ifindex;
		message.tcm_parent = parentOf(hook);
		writer.begin(RTM_GETTFILTER, NLM_F_DUMP, message);
		writer.end();
		if (query(fd, writer, countFilter, &count) != 0) return false;
	}
	return count == 0;
}

}  // namespace heddle

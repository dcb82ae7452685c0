#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#include <cerrno>

#include "attachment.h"
#include "clsact_wire.h"

namespace heddle {

std::string describeHook(int ifindex, uint32_t hook) {
	return "interface " + std::to_string(ifindex) + " " + (hook == kIngress ? "ingress" : "egress");
}

static bpf_attach_type attachType(Mode mode, uint32_t hook) {
	if (mode != Mode::Tcx) return BPF_XDP;
	return hook == kIngress ? BPF_TCX_INGRESS : BPF_TCX_EGRESS;
}

static uint32_t attachFlags(Mode mode) {
	if (mode == Mode::Tcx) return 0;
	return mode == Mode::XdpNative ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
}

static Status attachOne(const AttachItem& item, Attachment& out) {
	bpf_link_create_opts options = {};
	options.sz = sizeof(options);
	options.flags = attachFlags(out.mode);
	bpf_attach_type type = attachType(out.mode, item.hook);
	out.link.reset(bpf_link_create(item.program.get(), item.ifindex, type, &options));
	if (out.link.valid()) return Status::success();
	Status status = Status::system(errno, "bpf(BPF_LINK_CREATE)", "attaching to " + describeHook(item.ifindex, item.hook));
	return status.with("ifindex", item.ifindex);
}

Status attachLinks(Mode mode, const std::vector<AttachItem>& items, std::vector<Attachment>& out) {
	for (const AttachItem& item : items) {
		Attachment attachment;
		attachment.mode = mode;
		attachment.ifindex = item.ifindex;
		attachment.hook = item.hook;
		attachment.programId = item.programId;
		Status status = attachOne(item, attachment);
		if (status.failed()) {
			// Closing the last descriptor of a link detaches it.
			out.clear();
			return status;
		}
		out.push_back(std::move(attachment));
	}
	return Status::success();
}

Status replaceLink(int link, int program) {
	bpf_link_update_opts options = {};
	options.sz = sizeof(options);
	if (bpf_link_update(link, program, &options) == 0) return Status::success();
	return Status::system(errno, "bpf(BPF_LINK_UPDATE)", "replacing the program of a link");
}

Status detachLink(int link) {
	if (bpf_link_detach(link) == 0 || errno == ENOLINK || errno == ENODEV) return Status::success();
	return Status::system(errno, "bpf(BPF_LINK_DETACH)", "detaching a link");
}

}  // namespace heddle

#pragma once

#include <string>
#include <vector>

#include "fd.h"
#include "guardian.h"
#include "shared.h"
#include "status.h"

namespace heddle {

/** Of the kernel's links one keeps its program while it has a descriptor or a pin; a clsact filter stays by itself. */
enum class Mode { Tcx, Clsact, XdpNative, XdpGeneric };

inline bool isLink(Mode mode) { return mode != Mode::Clsact; }

/** One program on one hook of one interface, whatever holds it there. */
struct Attachment {
	Mode mode = Mode::Tcx;
	int ifindex = 0;
	uint32_t hook = 0;
	/** TCX, XDP: the link. */
	Fd link;
	/** clsact: where the interface is. */
	SharedFd netns;
	uint32_t programId = 0;
	bool ownsQdisc = false;
	/** clsact: the guardian's number for it; 0: it does not know it. */
	uint64_t guardId = 0;

	WatchedFilter watched(uint32_t previousProgramId = 0) const {
		return {guardId, ifindex, hook, programId, previousProgramId, ownsQdisc ? 1u : 0u};
	}
};

struct AttachItem {
	Fd program;
	uint32_t programId = 0;
	int ifindex = 0;
	uint32_t hook = 0;
};

std::string describeHook(int ifindex, uint32_t hook);

// Each kind of attachment. attach*: all or nothing; the calling thread must be in the namespace for links.

Status attachLinks(Mode mode, const std::vector<AttachItem>& items, std::vector<Attachment>& out);
Status replaceLink(int link, int program);
/** Success also when the interface is gone. */
Status detachLink(int link);

Status attachClsact(
	Guardian& guardian, const SharedFd& netns, const std::vector<AttachItem>& items, std::vector<Attachment>& out);
Status replaceClsact(Guardian& guardian, const Attachment& attachment, int program, uint32_t programId);
/** Removes many; goes on after a failure and returns the first. */
Status detachClsact(Guardian& guardian, std::vector<Attachment>& attachments);

/** Detaches all, of both kinds. */
Status detachAll(Guardian& guardian, std::vector<Attachment>& attachments);

}  // namespace heddle

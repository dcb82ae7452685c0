#include <algorithm>
#include <cerrno>

#include "attachment.h"
#include "clsact_wire.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

/** A batch of netlink messages; the kernel acknowledges each. */
class Batch {
public:
	// Acknowledgements of one batch fit any receive buffer.
	static constexpr size_t kMessages = 64;

	explicit Batch(int fd) : fd_(fd) {}

	/** `write(writer, i)` makes message i; results[i] is its errno. */
	template <class Write>
	int run(size_t count, std::vector<int>& results, Write&& write) {
		results.assign(count, ECANCELED);
		for (size_t from = 0; from < count; from += kMessages) {
			MessageWriter writer(memory_, sizeof(memory_));
			size_t to = std::min(count, from + kMessages);
			for (size_t i = from; i < to; i++) write(writer, i);
			int error = transact(fd_, writer, results.data() + from, reason_, sizeof(reason_));
			if (error != 0) return error;
		}
		return 0;
	}
	const char* reason() const { return reason_; }

private:
	int fd_;
	alignas(nlmsghdr) uint8_t memory_[kMessages * 128];
	char reason_[256] = {};
};

static Status openIn(int netns, Fd& out) {
	return inNamespace(netns, [&] {
		out.reset(openNetlink());
		return out.valid() ? Status::success() : Status::system(errno, "socket", "rtnetlink");
	});
}

static bool isGone(int error) { return error == ENODEV || error == ENOENT || error == EINVAL; }

static Status failure(int error, const char* what, int ifindex, uint32_t hook, const char* reason) {
	Status status = Status::system(error, "rtnetlink", std::string(what) + " " + describeHook(ifindex, hook));
	if (reason[0]) status.message += std::string(" (") + reason + ")";
	return status.with("ifindex", ifindex);
}

static std::vector<int> interfacesOf(const std::vector<AttachItem>& items) {
	std::vector<int> interfaces;
	for (const AttachItem& item : items) interfaces.push_back(item.ifindex);
	std::sort(interfaces.begin(), interfaces.end());
	interfaces.erase(std::unique(interfaces.begin(), interfaces.end()), interfaces.end());
	return interfaces;
}

static void removeOwnedQdiscs(int netlink, Batch& batch, const std::vector<Attachment>& attachments) {
	std::vector<int> empty, results;
	for (const Attachment& attachment : attachments) {
		bool seen = std::find(empty.begin(), empty.end(), attachment.ifindex) != empty.end();
		if (attachment.ownsQdisc && !seen && isClsactEmpty(netlink, attachment.ifindex)) empty.push_back(attachment.ifindex);
	}
	batch.run(empty.size(), results, [&](MessageWriter& writer, size_t i) { writeDeleteQdisc(writer, empty[i]); });
}

static Status addQdiscs(Batch& batch, const std::vector<int>& interfaces, std::vector<int>& results) {
	int error =
		batch.run(interfaces.size(), results, [&](MessageWriter& writer, size_t i) { writeAddQdisc(writer, interfaces[i]); });
	if (error != 0) return Status::system(error, "rtnetlink", "adding clsact");
	for (size_t i = 0; i < interfaces.size(); i++)
		if (results[i] != 0 && results[i] != EEXIST)
			return failure(results[i], "adding clsact to", interfaces[i], kIngress, batch.reason());
	return Status::success();
}

class ClsactAttach {
public:
	ClsactAttach(Guardian& guardian, const SharedFd& netns, const std::vector<AttachItem>& items)
		: guardian_(guardian), netns_(netns), items_(items) {}

	Status run(std::vector<Attachment>& out) {
		Status status = openIn(netns_.get(), netlink_);
		if (status.failed()) return status;
		Batch batch(netlink_.get());
		std::vector<int> interfaces = interfacesOf(items_), qdiscs;
		Status added = addQdiscs(batch, interfaces, qdiscs);
		fill(interfaces, qdiscs, out);
		if (!added.failed()) added = addFilters(batch, out);
		if (!added.failed()) return added;
		rollBack(batch, out);
		out.clear();
		return added;
	}

private:
	void fill(const std::vector<int>& interfaces, const std::vector<int>& qdiscs, std::vector<Attachment>& out) {
		for (const AttachItem& item : items_) {
			size_t at =
				static_cast<size_t>(std::lower_bound(interfaces.begin(), interfaces.end(), item.ifindex) - interfaces.begin());
			Attachment attachment;
			attachment.mode = Mode::Clsact;
			attachment.ifindex = item.ifindex;
			attachment.hook = item.hook;
			attachment.netns = netns_;
			attachment.programId = item.programId;
			attachment.ownsQdisc = qdiscs[at] == 0;
			out.push_back(std::move(attachment));
		}
	}

	Status addFilters(Batch& batch, std::vector<Attachment>& out) {
		// Told before they exist: a kill in between must not leave one.
		std::vector<WatchedFilter> watched;
		for (Attachment& attachment : out) {
			attachment.guardId = guardian_.nextId();
			watched.push_back(attachment.watched());
		}
		Status status = guardian_.watch(netns_.get(), watched);
		if (status.failed()) {
			for (Attachment& attachment : out) attachment.guardId = 0;
			return status;
		}
		int error = batch.run(items_.size(), filters_, [&](MessageWriter& writer, size_t i) {
			writeFilter(writer, items_[i].ifindex, items_[i].hook, items_[i].program.get(), NLM_F_CREATE | NLM_F_EXCL);
		});
		if (error != 0) return Status::system(error, "rtnetlink", "adding filters");
		for (size_t i = 0; i < items_.size(); i++)
			if (filters_[i] != 0)
				return failure(filters_[i], "attaching to", items_[i].ifindex, items_[i].hook, batch.reason());
		return Status::success();
	}

	void rollBack(Batch& batch, const std::vector<Attachment>& out) {
		std::vector<size_t> made;
		std::vector<WatchedFilter> watched;
		for (size_t i = 0; i < out.size(); i++) {
			if (i < filters_.size() && filters_[i] == 0) made.push_back(i);
			if (out[i].guardId != 0) watched.push_back(out[i].watched());
		}
		std::vector<int> results;
		batch.run(made.size(), results,
			[&](MessageWriter& writer, size_t i) { writeDeleteFilter(writer, out[made[i]].ifindex, out[made[i]].hook); });
		removeOwnedQdiscs(netlink_.get(), batch, out);
		if (!watched.empty()) guardian_.forget(netns_.get(), watched);
	}

	Guardian& guardian_;
	const SharedFd& netns_;
	const std::vector<AttachItem>& items_;
	Fd netlink_;
	std::vector<int> filters_;
};

Status attachClsact(
	Guardian& guardian, const SharedFd& netns, const std::vector<AttachItem>& items, std::vector<Attachment>& out) {
	return ClsactAttach(guardian, netns, items).run(out);
}

Status replaceClsact(Guardian& guardian, const Attachment& attachment, int program, uint32_t programId) {
	Fd netlink;
	Status status = openIn(attachment.netns.get(), netlink);
	if (status.failed()) return status;
	WatchedFilter watched = attachment.watched(attachment.programId);
	watched.programId = programId;
	if (attachment.guardId != 0) status = guardian.rewatch(attachment.netns.get(), watched);
	if (status.failed()) return status;
	Batch batch(netlink.get());
	std::vector<int> results;
	int error = batch.run(1, results, [&](MessageWriter& writer, size_t) {
		writeFilter(writer, attachment.ifindex, attachment.hook, program, NLM_F_REPLACE);
	});
	if (error == 0) error = results[0];
	return error == 0 ? Status::success()
					  : failure(error, "replacing the program on", attachment.ifindex, attachment.hook, batch.reason());
}

/** All in one namespace. */
static Status detachIn(Guardian& guardian, int netns, std::vector<Attachment*>& group) {
	Fd netlink;
	Status status = openIn(netns, netlink);
	if (status.failed()) return status;
	Batch batch(netlink.get());
	std::vector<int> results;
	int error = batch.run(group.size(), results,
		[&](MessageWriter& writer, size_t i) { writeDeleteFilter(writer, group[i]->ifindex, group[i]->hook); });
	if (error != 0) status = Status::system(error, "rtnetlink", "removing filters");
	std::vector<Attachment> owned;
	std::vector<WatchedFilter> watched;
	for (size_t i = 0; i < group.size(); i++) {
		if (results[i] != 0 && !isGone(results[i]) && !status.failed())
			status = failure(results[i], "detaching from", group[i]->ifindex, group[i]->hook, batch.reason());
		if (group[i]->guardId != 0) watched.push_back(group[i]->watched());
		if (!group[i]->ownsQdisc) continue;
		Attachment copy;
		copy.ifindex = group[i]->ifindex;
		copy.ownsQdisc = true;
		owned.push_back(std::move(copy));
	}
	removeOwnedQdiscs(netlink.get(), batch, owned);
	if (!watched.empty()) guardian.forget(netns, watched);
	return status;
}

Status detachClsact(Guardian& guardian, std::vector<Attachment>& attachments) {
	Status first;
	std::vector<bool> done(attachments.size());
	for (size_t i = 0; i < attachments.size(); i++) {
		if (done[i] || attachments[i].mode != Mode::Clsact) continue;
		uint64_t inode = namespaceInode(attachments[i].netns.get());
		std::vector<Attachment*> group;
		for (size_t j = i; j < attachments.size(); j++) {
			if (done[j] || attachments[j].mode != Mode::Clsact || namespaceInode(attachments[j].netns.get()) != inode) continue;
			done[j] = true;
			group.push_back(&attachments[j]);
		}
		Status status = detachIn(guardian, attachments[i].netns.get(), group);
		if (status.failed() && !first.failed()) first = status;
	}
	return first;
}

Status detachAll(Guardian& guardian, std::vector<Attachment>& attachments) {
	Status first = detachClsact(guardian, attachments);
	for (Attachment& attachment : attachments) {
		if (!isLink(attachment.mode)) continue;
		Status status = detachLink(attachment.link.get());
		attachment.link.reset();
		if (status.failed() && !first.failed()) first = status;
	}
	return first;
}

}  // namespace heddle

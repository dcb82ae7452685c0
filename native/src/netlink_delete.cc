#include <linux/if_link.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <vector>

#include "arguments.h"
#include "async.h"
#include "expedited.h"
#include "link_facts.h"
#include "netlink.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

static Status transactOne(int netlink, const MessageWriter& writer, int& error) {
	char reason[256];
	int failed = transact(netlink, writer, &error, reason, sizeof(reason));
	return failed == 0 ? Status::success() : Status::system(failed, "rtnetlink", "deleting interfaces");
}

static bool isAbsent(int error) { return error == ENODEV || error == ENXIO; }

static Status deleteOne(int netlink, int ifindex, uint32_t& deleted) {
	ifinfomsg message = {};
	message.ifi_index = ifindex;
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_DELLINK, NLM_F_ACK, message);
	writer.end();
	int error = 0;
	Status status = transactOne(netlink, writer, error);
	if (status.failed() || isAbsent(error)) return status;
	if (error != 0) return Status::system(error, "rtnetlink", "deleting interface " + std::to_string(ifindex));
	deleted++;
	return Status::success();
}

static Status setGroup(int netlink, int ifindex, uint32_t group, uint32_t& moved) {
	ifinfomsg message = {};
	message.ifi_index = ifindex;
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_NEWLINK, NLM_F_ACK, message);
	writer.number(IFLA_GROUP, group);
	writer.end();
	int error = 0;
	Status status = transactOne(netlink, writer, error);
	if (status.failed() || isAbsent(error)) return status;
	if (error != 0) return Status::system(error, "rtnetlink", "grouping interface " + std::to_string(ifindex));
	moved++;
	return Status::success();
}

/** A group that no interface is in: drawn at random, so that two processes do not meet. */
static Status chooseGroup(int netlink, uint32_t& out) {
	std::vector<LinkFacts> links;
	int error = queryLinks(netlink, links);
	if (error != 0) return Status::system(error, "rtnetlink", "listing interfaces");
	std::random_device random;
	bool taken = true;
	while (taken) {
		out = random() | 0x80000000;
		taken = std::any_of(links.begin(), links.end(), [out](const LinkFacts& link) { return link.group == out; });
	}
	return Status::success();
}

static Status deleteGroup(int netlink, const std::vector<int>& ifindexes, uint32_t& deleted) {
	uint32_t group = 0;
	Status status = chooseGroup(netlink, group);
	for (size_t i = 0; i < ifindexes.size() && !status.failed(); i++) status = setGroup(netlink, ifindexes[i], group, deleted);
	if (status.failed() || deleted == 0) return status;
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_DELLINK, NLM_F_ACK, ifinfomsg{});
	writer.number(IFLA_GROUP, group);
	writer.end();
	int error = 0;
	status = transactOne(netlink, writer, error);
	if (!status.failed() && error != 0 && !isAbsent(error))
		status = Status::system(error, "rtnetlink", "deleting a group of interfaces");
	return status;
}

class DeleteWorker final : public PromiseWorker {
public:
	DeleteWorker(Napi::Env env, Fd&& netns, std::vector<int>&& ifindexes, bool expedited)
		: PromiseWorker(env, "heddle:deleteLinks"), netns_(std::move(netns)), ifindexes_(std::move(ifindexes)),
		  expedited_(expedited) {}

private:
	Status run() override {
		ExpeditedWindow window(expedited_);
		return inNamespace(netns_.get(), [this] {
			Fd own(openNetlink());
			if (!own.valid()) return Status::system(errno, "socket", "rtnetlink");
			if (ifindexes_.size() == 1) return deleteOne(own.get(), ifindexes_[0], deleted_);
			return deleteGroup(own.get(), ifindexes_, deleted_);
		});
	}
	Napi::Value result(Napi::Env env) override { return Napi::Number::New(env, deleted_); }

	Fd netns_;
	std::vector<int> ifindexes_;
	bool expedited_;
	uint32_t deleted_ = 0;
};

Napi::Value Netlink::deleteLinks(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	if (!info[0].IsArray()) return throwArgument(env, "ifindexes", "an array of interface numbers", info[0]);
	Napi::Array array = info[0].As<Napi::Array>();
	std::vector<int> ifindexes(array.Length());
	for (uint32_t i = 0; i < array.Length(); i++)
		if (!readIfindex(env, array.Get(i), "ifindexes", ifindexes[i])) return env.Undefined();
	bool expedited = false;
	if (!readExpedited(env, info[1], expedited)) return env.Undefined();
	Fd netns(ioctl(fd_.get(), SIOCGSKNS));
	if (!netns.valid()) return throwStatus(env, Status::system(errno, "ioctl", "namespace of the rtnetlink socket"));
	return (new DeleteWorker(env, std::move(netns), std::move(ifindexes), expedited))->start();
}

}  // namespace heddle

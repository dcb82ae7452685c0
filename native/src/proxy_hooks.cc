#include "proxy_hooks.h"

#include "proxy_socket.h"
#include "record_layout.h"

namespace heddle {

/** Changes of policy that may come in between asking it and finding the rules it names. */
static constexpr int kQuestionsInARow = 3;

int ProxyHooks::connectUpstream(const l7::ConnectionInfo& info) {
	bool otherPort;
	int fd = connectTransparently(info.client, info.destination, info.listener->device, otherPort);
	if (fd >= 0 && otherPort) otherPorts.fetch_add(1, std::memory_order_relaxed);
	return fd;
}

/** Whoever has an address now speaks for himself, not for who had it when the connection began. */
static void keepToEnds(const l7::PolicyAnswer& former, l7::PolicyAnswer& answer) {
	bool same = answer.sourceEndpoint == former.sourceEndpoint && answer.destinationEndpoint == former.destinationEndpoint;
	if (former.epoch == 0 || same) return;
	answer.sourceEndpoint = former.sourceEndpoint;
	answer.destinationEndpoint = former.destinationEndpoint;
	if (!answer.denial) answer.denial = "an address of the connection has another endpoint now";
}

void ProxyHooks::ask(const l7::ConnectionInfo& info, l7::Standing& standing) {
	const l7::PolicyAnswer former = standing.answer;
	policyQuestions.fetch_add(1, std::memory_order_relaxed);
	auto network = static_cast<uint16_t>(info.listener->network);
	questions.ask(network, info.client, info.destination, standing.answer);
	if (standing.answer.epoch == 0) policyFailures.fetch_add(1, std::memory_order_relaxed);
	keepToEnds(former, standing.answer);
}

void ProxyHooks::judge(const l7::ConnectionInfo& info, l7::Standing& standing) {
	for (int asked = 0;; asked++) {
		// Before anything they speak of is read: a change meanwhile makes what was read out of date.
		uint64_t version = rules.version();
		bool isCurrent = standing.answer.epoch != 0 && standing.answer.epoch == questions.epoch();
		if (isCurrent && standing.rulesVersion == version) return;
		if (!isCurrent) ask(info, standing);
		standing.rulesVersion = version;
		standing.rules = {};
		standing.fault = standing.answer.denial;
		if (standing.fault || rules.find(standing.answer, standing.rules)) return;
		standing.rules = {};
		standing.fault = "no rules under the cookie that policy names";
		// Rules go once no current answer names them.
		if (asked == kQuestionsInARow || standing.answer.epoch == questions.epoch()) return;
	}
}

void ProxyHooks::record(const l7::ConnectionInfo& info, const l7::Standing& standing, const l7::AccessRecord& record) {
	RecordRing& ring = *rings[info.worker];
	uint8_t* place = ring.reserve(packedLength(record));
	if (place) {
		packRecord(info, standing, record, place);
		ring.commit();
	}
	onRecord(onRecordContext);
}

}  // namespace heddle

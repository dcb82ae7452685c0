#include "proxy_hooks.h"

#include "proxy_socket.h"
#include "record_layout.h"

namespace heddle {

int ProxyHooks::connectUpstream(const l7::ConnectionInfo& info) {
	bool otherPort;
	UpstreamWay way = {info.listener->device, info.listener->network};
	int fd = connectTransparently(info.client, info.destination, way, otherPort);
	if (fd >= 0 && otherPort) otherPorts.fetch_add(1, std::memory_order_relaxed);
	return fd;
}

static Judged judged(const l7::ConnectionInfo& info) {
	return {info.listener->network, IPPROTO_TCP, info.client, info.destination};
}

void ProxyHooks::judge(const l7::ConnectionInfo& info, l7::Standing& standing) {
	if (standing.answer.epoch == 0) begin(info, standing);
	else bringUpToDate(judged(info), standing);
}

/** Of a connection that has just come. */
void ProxyHooks::begin(const l7::ConnectionInfo& info, l7::Standing& standing) {
	const l7::Ends ends = info.ends();
	RecentStandings::Entry& entry = recent[info.worker].place(ends);
	// One of before would hold this connection to the ends of that one.
	bool isCurrent = entry.ends == ends && entry.standing.answer.epoch == questions.epoch();
	if (isCurrent) standing = entry.standing;
	bringUpToDate(judged(info), standing);
	entry = {ends, standing};
}

void ProxyHooks::noteTurn(uint64_t nowMs) { beat.tell(static_cast<uint32_t>(nowMs / 1000)); }

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

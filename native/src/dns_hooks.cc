#include "dns_hooks.h"

#include "dns_record_layout.h"
#include "dns_socket.h"

namespace heddle {

int DnsHooks::openUpstream(const dns::ClientInfo& info) { return connectToServer(info); }

void DnsHooks::judge(const dns::ClientInfo& info, dns::Standing& standing) {
	uint8_t protocol = info.tcp ? IPPROTO_TCP : IPPROTO_UDP;
	bringUpToDate({info.listener->network, protocol, info.client, info.server}, standing);
}

/** Without room nobody learns it, and the client is told SERVFAIL in time. */
void DnsHooks::learn(const dns::ClientInfo& info, const dns::Standing& standing, const dns::Lesson& lesson) {
	RecordRing& ring = *lessons[info.worker];
	uint8_t* place = ring.reserve(packedLength(lesson));
	if (!place) return;
	packLesson(info, standing, lesson, place);
	ring.commit();
	lessonDelivery.wake();
}

void DnsHooks::record(const dns::ClientInfo& info, const dns::Standing& standing, const dns::AccessRecord& record) {
	RecordRing& ring = *records[info.worker];
	uint8_t* place = ring.reserve(packedLength(record));
	if (place) {
		packRecord(info, standing, record, place);
		ring.commit();
	}
	recordDelivery.wake();
}

}  // namespace heddle

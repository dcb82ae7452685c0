#include <cstring>

#include "dns_ends.h"
#include "dns_record_layout.h"

namespace heddle {

size_t packedLength(const dns::Lesson& lesson) {
	return wholeWords(sizeof(PackedLesson) + lesson.addresses->size() * sizeof(PackedDnsAddress) + lesson.name.size());
}

void packLesson(const dns::ClientInfo& info, const dns::Standing& standing, const dns::Lesson& lesson, uint8_t* out) {
	PackedLesson packed = {};
	packed.length = static_cast<uint32_t>(packedLength(lesson));
	packed.addressCount = static_cast<uint16_t>(lesson.addresses->size());
	packed.nameLength = static_cast<uint16_t>(lesson.name.size());
	packed.ticket = lesson.ticket;
	packed.ends = packEnds(info, standing.answer);
	memcpy(out, &packed, sizeof(packed));
	out = packAddresses(lesson.addresses->data(), lesson.addresses->size(), out + sizeof(packed));
	memcpy(out, lesson.name.data(), lesson.name.size());
}

}  // namespace heddle

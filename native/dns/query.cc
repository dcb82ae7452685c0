#include "query.h"

#include "record_reader.h"

namespace heddle::dns {

static constexpr uint16_t kMostAdditional = 4;

static bool readQuestion(std::string_view message, size_t& at, Query& query) {
	if (!readName(message, at, false, query.name) || at + 4 > message.size()) return false;
	query.type = get16(message, at);
	query.queryClass = get16(message, at + 2);
	at += 4;
	query.question = message.substr(kHeader, at - kHeader);
	return true;
}

static bool readAdditional(std::string_view message, size_t& at, Query& query) {
	ResourceRecord record;
	for (uint16_t left = get16(message, 10); left > 0; left--) {
		if (!readRecord(message, at, false, record)) return false;
		if (record.type != kOpt) continue;
		if (query.hasOpt || record.owner.size != 1) return false;
		query.hasOpt = true;
	}
	return at == message.size();
}

static bool hasCounts(std::string_view message) {
	return get16(message, 4) == 1 && get16(message, 6) == 0 && get16(message, 8) == 0 && get16(message, 10) <= kMostAdditional;
}

QueryFault readQuery(std::string_view message, Query& query) {
	query.question = {};
	query.hasOpt = false;
	if (message.size() < kHeader) return QueryFault::Dropped;
	query.id = get16(message, 0);
	query.flags = get16(message, 2);
	if (query.flags & kResponse) return QueryFault::Dropped;
	if (query.flags & kOpcode) return QueryFault::NotImp;
	size_t at = kHeader;
	if (!hasCounts(message) || (query.flags & (kTruncated | kRcode))) return QueryFault::FormErr;
	if (!readQuestion(message, at, query) || !readAdditional(message, at, query)) return QueryFault::FormErr;
	return query.type == kAxfr || query.type == kIxfr ? QueryFault::NotImp : QueryFault::None;
}

}  // namespace heddle::dns

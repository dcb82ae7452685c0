#include "reply.h"

namespace heddle::dns {

static constexpr uint16_t kOwnPayload = 1232, kExtendedErrorOption = 15;
static constexpr uint16_t kRecursionAvailable = 0x0080;

static void addOpt(std::string& reply, uint16_t extendedError) {
	bool detailed = extendedError != kNoDetail;
	reply.push_back(0);
	put16(reply, kOpt);
	put16(reply, kOwnPayload);
	reply.append(4, 0);
	put16(reply, detailed ? 6 : 0);
	if (!detailed) return;
	put16(reply, kExtendedErrorOption);
	put16(reply, 2);
	put16(reply, extendedError);
}

std::string replyOf(const ReplyTo& query, Rcode rcode, uint16_t extendedError) {
	std::string reply;
	uint16_t repeated = query.flags & (kOpcode | kRecursionDesired | kCheckingDisabled);
	put16(reply, query.id);
	put16(reply, static_cast<uint16_t>(kResponse | repeated | kRecursionAvailable | rcode));
	put16(reply, query.question.empty() ? 0 : 1);
	reply.append(4, 0);
	put16(reply, query.hasOpt ? 1 : 0);
	reply.append(query.question);
	if (query.hasOpt) addOpt(reply, extendedError);
	return reply;
}

}  // namespace heddle::dns

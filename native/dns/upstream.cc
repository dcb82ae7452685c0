#include "upstream.h"

#include "exchanges.h"

namespace heddle::dns {

void Upstream::send(Exchange& exchange, std::string_view query) {
	do exchange.upstreamId = context_.ids.next();
	while (!waiting_.emplace(exchange.upstreamId, &exchange).second);
	exchange.upstream = this;
	transmit(query, exchange.upstreamId);
}

bool Upstream::receive(std::string_view message) {
	auto found = message.size() < kHeader ? waiting_.end() : waiting_.find(get16(message, 0));
	if (found == waiting_.end() || !echoes(message, found->second->question)) {
		context_.shared.statistics.mismatched++;
		return false;
	}
	exchanges_.onAnswer(*found->second, message);
	return true;
}

void Upstream::fail(const char* reason) {
	context_.shared.statistics.upstreamFailures++;
	while (!waiting_.empty()) exchanges_.fail(*waiting_.begin()->second, reason);
}

}  // namespace heddle::dns

#include "tcp_upstream.h"

#include "client_stream.h"

namespace heddle::dns {

void TcpUpstream::onEvents(uint32_t events) {
	std::string_view message;
	stream_.noteEvents(events);
	stream_.flush();
	for (;;) {
		MessageStream::Got got = stream_.next(kLongestMessage, message);
		if (got == MessageStream::Got::Nothing) return;
		if (got != MessageStream::Got::Message) return end("server closed the connection");
		if (!receive(message) && ++mismatches_ >= context_.shared.limits.mismatchesPerSocket)
			return end("server says too much");
	}
}

void TcpUpstream::end(const char* reason) {
	if (gone_) return;
	gone_ = true;
	owner_.lostUpstream();
	if (!isIdle()) fail(reason);
	stream_.reset();
	context_.gone.emplace_back(this);
}

}  // namespace heddle::dns

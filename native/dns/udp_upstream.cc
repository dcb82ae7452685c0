#include "udp_upstream.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

#include "exchanges.h"

namespace heddle::dns {

/** Batches read before others have their turn. */
static constexpr int kBatchesInARow = 4;

void UdpUpstream::transmit(std::string_view query, uint16_t id) {
	context_.outgoing.add(fd_, query, id);
	context_.arm(*this, context_.shared.limits.socketIdle);
	if (++sent_ >= context_.shared.limits.queriesPerSocket) retire();
}

void UdpUpstream::onEvents(uint32_t) {
	Incoming& incoming = pool_.incoming();
	for (int batch = 0, count = Incoming::kMost; batch < kBatchesInARow && count == Incoming::kMost; batch++) {
		count = incoming.receive(fd_);
		if (count < 0 && errno != EAGAIN && errno != EINTR) fail("server refuses");
		for (int i = 0; i < count; i++)
			if (!receive(incoming.bytes(i)) && ++mismatches_ >= context_.shared.limits.mismatchesPerSocket) retire();
	}
}

void UdpUpstream::onDeadline() {
	if (!isIdle()) return context_.arm(*this, context_.shared.limits.socketIdle);
	retire();
	end();
}

void UdpUpstream::retire() {
	if (!retired_) pool_.retired(*this);
	retired_ = true;
}

void UdpUpstream::leave(Exchange& exchange) {
	Upstream::leave(exchange);
	if (retired_ && isIdle()) end();
}

void UdpUpstream::end() {
	if (gone_) return;
	gone_ = true;
	pool_.ended(*this);
}

UdpUpstreams::~UdpUpstreams() {
	for (UdpUpstream* upstream : all_) delete upstream;
}

UdpUpstream* UdpUpstreams::of(const ClientInfo& info, const std::string& route) {
	auto found = current_.find(route);
	return found != current_.end() ? found->second : open(info, route);
}

UdpUpstream* UdpUpstreams::open(const ClientInfo& info, const std::string& route) {
	int fd = exchanges_.openUpstream(info);
	if (fd < 0) return nullptr;
	auto* upstream = new UdpUpstream(context_, exchanges_, *this, info.listener->network, route, fd);
	if (!context_.watch(fd, EPOLLIN, *upstream)) return delete upstream, nullptr;
	upstream->place = all_.size();
	all_.push_back(upstream);
	return current_[route] = upstream;
}

void UdpUpstreams::retired(UdpUpstream& upstream) { current_.erase(upstream.route()); }

void UdpUpstreams::ended(UdpUpstream& upstream) {
	context_.wheel.disarm(upstream);
	all_[upstream.place] = all_.back();
	all_[upstream.place]->place = upstream.place;
	all_.pop_back();
	context_.gone.emplace_back(&upstream);
}

void UdpUpstreams::endAll(uint32_t network) {
	std::vector<UdpUpstream*> ending;
	for (UdpUpstream* upstream : all_)
		if (upstream->network() == network) ending.push_back(upstream);
	for (UdpUpstream* upstream : ending) upstream->onDeadline();
}

}  // namespace heddle::dns

#include "client_streams.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace heddle::dns {

ClientStreams::~ClientStreams() {
	for (ClientStream* stream : all_) delete stream;
}

void ClientStreams::add(const ClientInfo& info, int fd) {
	if (!context_.shared.connections.enter(info)) {
		context_.shared.statistics.limited++;
		l7::Socket socket;
		socket.fd = fd;
		return socket.reset();
	}
	auto* stream = new ClientStream(context_, exchanges_, *this, info, fd);
	stream->place = all_.size();
	all_.push_back(stream);
	if (!context_.watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *stream)) stream->abort();
}

void ClientStreams::ended(ClientStream& stream) {
	context_.wheel.disarm(stream);
	all_[stream.place] = all_.back();
	all_[stream.place]->place = stream.place;
	all_.pop_back();
	if (stream.queued) queued_.erase(std::find(queued_.begin(), queued_.end(), &stream));
	context_.gone.emplace_back(&stream);
}

void ClientStreams::queue(ClientStream& stream) {
	if (!stream.queued) queued_.push_back(&stream);
	stream.queued = true;
}

void ClientStreams::driveQueued() {
	std::vector<ClientStream*> round;
	round.swap(queued_);
	for (ClientStream* stream : round) stream->queued = false;
	for (ClientStream* stream : round)
		if (!stream->isGone()) stream->drive();
}

}  // namespace heddle::dns

#pragma once

#include <vector>

#include "client_stream.h"

namespace heddle::dns {

/** All TCP connections of clients, of one thread. */
class ClientStreams {
public:
	ClientStreams(Context& context, Exchanges& exchanges) : context_(context), exchanges_(exchanges) {}
	~ClientStreams();
	/** Takes the descriptor. */
	void add(const ClientInfo& info, int fd);
	void ended(ClientStream& stream);
	/** It can go on, when others had their turn. */
	void queue(ClientStream& stream);
	void driveQueued();
	bool isEmpty() const { return all_.empty(); }
	bool hasQueued() const { return !queued_.empty(); }
	/** Resets those of which it is true. */
	template <typename Test>
	void abortIf(Test test) {
		std::vector<ClientStream*> all = all_;
		for (ClientStream* stream : all)
			if (test(stream->info())) stream->abort();
	}

private:
	Context& context_;
	Exchanges& exchanges_;
	std::vector<ClientStream*> all_, queued_;
};

}  // namespace heddle::dns

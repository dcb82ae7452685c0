#pragma once

#include <memory>
#include <string>
#include <vector>

#include "answer.h"
#include "client_info.h"
#include "standing.h"
#include "watched.h"
#include "wire.h"

namespace heddle::dns {

class ClientStream;
class Exchanges;
class Upstream;

/** Where an answer goes to. */
struct ReplyPath {
	ClientInfo info;
	/** UDP: the listener's socket. */
	int fd = -1;
	/** TCP. */
	ClientStream* stream = nullptr;
};

/** A query that was allowed, until its answer is with the client. */
class Exchange final : public Deadlined {
public:
	Exchange(Exchanges& owner, const ReplyPath& replyPath) : path(replyPath), owner_(owner) {}
	void onDeadline() override;

	const ReplyPath path;
	/** The client's. */
	uint16_t id = 0, flags = 0;
	uint16_t type = 0;
	bool hasOpt = false;
	/** Name, type and class, as the client wrote them. */
	std::string question;
	/** As of the query. */
	std::shared_ptr<const Standing> standing;
	/** As rules and the learner have it. */
	std::string name;
	uint64_t startNs = 0;
	/** Waits for an answer of it, under `upstreamId`. */
	Upstream* upstream = nullptr;
	uint16_t upstreamId = 0;
	/** Waits for the learner: the answer and what it says. */
	std::string held;
	Answer answer;
	/** Place in the owner's list. */
	size_t place = 0;

private:
	Exchanges& owner_;
};

}  // namespace heddle::dns

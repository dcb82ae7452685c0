#include "agent.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "../src/fd.h"
#include "reply.h"
#include "stream.h"

namespace heddle::cni {

static const size_t kLongestReply = 4 << 20;
static const int kBusyPauseMs = 20;

static Fd connectTo(const std::string& path, const Deadline& deadline) {
	sockaddr_un address = {};
	address.sun_family = AF_UNIX;
	memcpy(address.sun_path, path.data(), path.size());
	Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (!fd.valid()) return fd;
	while (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
		// EAGAIN: more callers wait than the agent's backlog holds.
		bool again = errno == EINTR || (errno == EAGAIN && deadline.pause(kBusyPauseMs));
		if (!again) return Fd();
	}
	return fd;
}

static std::string httpRequest(const std::string& body) {
	return "POST /v1/cni HTTP/1.1\r\nHost: heddle\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
		std::to_string(body.size()) + "\r\n\r\n" + body;
}

/** Runtimes try DEL again on any error: nothing may be taken for removed that is not. */
static Answer unreachable(const Invocation& invocation, const std::string& what, const std::string& why) {
	ErrorCode code = invocation.command == "STATUS" ? ErrorCode::NotAvailable : ErrorCode::TryAgainLater;
	std::string message = "the agent at " + invocation.way.socket + " " + what;
	return failed({code, message, why}, answerVersion(invocation.version));
}

Answer askAgent(const Invocation& invocation) {
	Deadline deadline(invocation.way.timeoutSeconds);
	Fd fd = connectTo(invocation.way.socket, deadline);
	if (!fd.valid()) return unreachable(invocation, "cannot be reached", strerror(errno));
	std::string text;
	if (!writeAll(fd.get(), httpRequest(requestBody(invocation)), deadline))
		return unreachable(invocation, "did not take the request", strerror(errno));
	switch (readAll(fd.get(), kLongestReply, deadline, text)) {
	case Read::Failed: return unreachable(invocation, "did not answer", strerror(errno));
	case Read::TooLong: return unreachable(invocation, "answered too much", "");
	case Read::Whole: break;
	}
	if (auto answer = parseReply(text)) return *answer;
	return unreachable(invocation, "answered what is no answer", text.substr(0, text.find('\r')).substr(0, 80));
}

}  // namespace heddle::cni

// heddle-cni: a CNI plugin that holds no state. It passes each call on to the agent's socket, and the answer back.

#include <signal.h>
#include <unistd.h>

#include <cstring>

#include "agent.h"
#include "invocation.h"
#include "stream.h"

namespace heddle::cni {

static const size_t kLongestConfiguration = 1 << 20;
static const int kInputSeconds = 30;

static std::optional<Failure> readInput(std::string& input) {
	switch (readAll(STDIN_FILENO, kLongestConfiguration, Deadline(kInputSeconds), input)) {
	case Read::Failed: return Failure{ErrorCode::Io, "standard input cannot be read", strerror(errno)};
	case Read::TooLong: return Failure{ErrorCode::Decode, "standard input: found more than 1 MiB, expected less", ""};
	case Read::Whole: return std::nullopt;
	}
	return std::nullopt;
}

static Answer answer() {
	std::string version, input, command = environment("CNI_COMMAND");
	if (command.empty()) {
		const char* message = "CNI_COMMAND: found none, expected to be called by a container runtime";
		return failed({ErrorCode::InvalidEnvironment, message, ""}, answerVersion(version));
	}
	if (auto failure = readInput(input)) return failed(*failure, answerVersion(version));
	// Runtimes may ask it without a configuration.
	if (command == "VERSION" && input.find_first_not_of(" \t\r\n") == std::string::npos) return supportedVersions(version);
	Parsed parsed = parseInvocation(command, std::move(input), version);
	if (auto* failure = std::get_if<Failure>(&parsed)) return failed(*failure, answerVersion(version));
	return command == "VERSION" ? supportedVersions(version) : askAgent(std::get<Invocation>(parsed));
}

}  // namespace heddle::cni

int main() {
	signal(SIGPIPE, SIG_IGN);
	heddle::cni::Answer answer = heddle::cni::answer();
	if (!answer.output.empty() && answer.output.back() != '\n') answer.output += '\n';
	bool told = heddle::cni::writeAll(STDOUT_FILENO, answer.output, heddle::cni::Deadline(5));
	return answer.ok && told ? 0 : 1;
}

#pragma once

#include <string>

namespace heddle::cni {

/** Codes of CNI's specification 1.1, "Error"; those that the agent gives pass through. */
enum class ErrorCode {
	IncompatibleVersion = 1,
	InvalidEnvironment = 4,
	Io = 5,
	Decode = 6,
	InvalidConfiguration = 7,
	TryAgainLater = 11,
	NotAvailable = 50,
};

/** What the runtime gets: text on standard output, and whether it went well. */
struct Answer {
	bool ok = false;
	std::string output;
};

struct Failure {
	ErrorCode code;
	std::string message;
	std::string details;
};

Answer failed(const Failure& failure, const std::string& version);
/** The one of the configuration where it is one of ours, so that whoever reads the error knows its form. */
std::string answerVersion(const std::string& asked);
Answer supportedVersions(const std::string& asked);

}  // namespace heddle::cni

#pragma once

#include <optional>
#include <string>
#include <variant>

#include "answer.h"

namespace heddle::cni {

/** What the configuration says about the way to the agent. */
struct Way {
	std::string socket = "/run/heddle/agent.sock";
	int timeoutSeconds = 30;
};

/** One call of a runtime: environment and standard input. */
struct Invocation {
	std::string command;
	/** As it was given: it is passed on byte by byte. */
	std::string configuration;
	/** Empty where it says none. */
	std::string version;
	Way way;
};

using Parsed = std::variant<Invocation, Failure>;

/** Whatever of it can be told without the agent. Sets `version` even where the rest is wrong. */
Parsed parseInvocation(const std::string& command, std::string configuration, std::string& version);
/** The body of the agent's request. */
std::string requestBody(const Invocation& invocation);
std::string environment(const char* name);

}  // namespace heddle::cni

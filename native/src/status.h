#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace heddle {

/** One extra property of the JavaScript error. */
struct Detail {
	std::string name;
	std::string text;
	double number = 0;
	bool isNumber = false;
};

/** Outcome of a native operation; made on any thread, turned into a JavaScript error on its own. */
class Status {
public:
	static Status success() { return Status(); }
	static Status of(std::string code, std::string message);
	/** `error` is a positive errno; the code follows from it. */
	static Status system(int error, std::string syscall, std::string what);

	bool failed() const { return !code.empty(); }
	Status& with(std::string name, std::string text);
	Status& with(std::string name, double number);

	std::string code;
	std::string message;
	std::string syscall;
	int error = 0;
	std::vector<Detail> details;
};

/** ERR_* for an errno, where the operation knows nothing better. */
const char* codeOf(int error);
/** Text of an errno without locks (strerror is not thread-safe). */
std::string describe(int error);

}  // namespace heddle

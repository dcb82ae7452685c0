#include "stream.h"

#include <unistd.h>

namespace heddle::cni {

static bool isTransient(int error) { return error == EINTR || error == EAGAIN || error == EWOULDBLOCK; }

Read readAll(int fd, size_t longest, const Deadline& deadline, std::string& text) {
	char buffer[16384];
	for (;;) {
		if (!deadline.wait(fd, POLLIN)) return Read::Failed;
		ssize_t length = read(fd, buffer, sizeof(buffer));
		if (length == 0) return Read::Whole;
		if (length < 0 && isTransient(errno)) continue;
		if (length < 0) return Read::Failed;
		text.append(buffer, static_cast<size_t>(length));
		if (text.size() > longest) return Read::TooLong;
	}
}

bool writeAll(int fd, const std::string& text, const Deadline& deadline) {
	for (size_t done = 0; done < text.size();) {
		if (!deadline.wait(fd, POLLOUT)) return false;
		ssize_t length = write(fd, text.data() + done, text.size() - done);
		if (length > 0) done += static_cast<size_t>(length);
		else if (length < 0 && !isTransient(errno)) return false;
	}
	return true;
}

}  // namespace heddle::cni

#include "pipe_pool.h"

#include <fcntl.h>
#include <unistd.h>

namespace heddle::l7 {

void Pipe::close() {
	if (!isOpen()) return;
	::close(read);
	::close(write);
	read = write = -1;
}

PipePool::~PipePool() {
	for (Pipe& pipe : free_) pipe.close();
}

bool PipePool::take(Pipe& pipe) {
	if (pipe.isOpen()) return true;
	if (!free_.empty()) {
		pipe = free_.back();
		free_.pop_back();
		return true;
	}
	int ends[2];
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) return false;
	fcntl(ends[1], F_SETPIPE_SZ, kPipe);
	pipe = {ends[0], ends[1]};
	return true;
}

void PipePool::give(Pipe& pipe, size_t filled) {
	if (!pipe.isOpen()) return;
	if (filled || free_.size() >= kMostKept) return pipe.close();
	free_.push_back(pipe);
	pipe = {};
}

}  // namespace heddle::l7

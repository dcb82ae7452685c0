#pragma once

#include <cstddef>
#include <vector>

namespace heddle::l7 {

/** A pipe that splice fills and empties. */
struct Pipe {
	int read = -1, write = -1;
	bool isOpen() const { return read >= 0; }
	void close();
};

/** Empty pipes, of one thread. */
class PipePool {
public:
	static constexpr size_t kPipe = 256 << 10;
	~PipePool();
	/** An open pipe stays as it is. false: no descriptors are left. */
	bool take(Pipe& pipe);
	/** `filled`: bytes in it; such a pipe is of no use to anybody else. */
	void give(Pipe& pipe, size_t filled);

private:
	static constexpr size_t kMostKept = 32;
	std::vector<Pipe> free_;
};

}  // namespace heddle::l7

#pragma once

#include <cstddef>

#include "status.h"

namespace heddle {

class Map;

/** The datapath's control words, shared with the kernel. */
class ControlPage {
public:
	ControlPage() = default;
	ControlPage(const ControlPage&) = delete;
	~ControlPage() { close(); }

	/** `control`: an array made with BPF_F_MMAPABLE. `protection`: as of mmap. */
	Status open(const Map& control, int protection);
	/** Nobody may use `address` any more. */
	void close();
	void* address() const { return address_; }

private:
	void* address_ = nullptr;
	size_t length_ = 0;
};

}  // namespace heddle

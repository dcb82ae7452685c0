#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace heddle {

/** Writes netlink messages into memory of the caller's. No allocation: the guardian uses it after fork. */
class MessageWriter {
public:
	MessageWriter(void* memory, size_t capacity) : memory_(static_cast<uint8_t*>(memory)), capacity_(capacity) {}

	template <class Body>
	void begin(uint16_t type, uint16_t flags, const Body& body) {
		start_ = length_;
		nlmsghdr header = {};
		header.nlmsg_type = type;
		header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
		header.nlmsg_seq = ++messages_;
		append(&header, sizeof(header));
		append(&body, sizeof(body));
	}
	void attribute(uint16_t type, const void* data, size_t size) {
		nlattr header = {static_cast<uint16_t>(NLA_HDRLEN + size), type};
		append(&header, sizeof(header));
		append(data, size);
	}
	void number(uint16_t type, uint32_t value) { attribute(type, &value, sizeof(value)); }
	void text(uint16_t type, const char* value) { attribute(type, value, strlen(value) + 1); }
	size_t nest(uint16_t type) {
		size_t at = length_;
		nlattr header = {NLA_HDRLEN, type};
		append(&header, sizeof(header));
		return at;
	}
	/** Plain bytes inside a nest (a family header). */
	template <class Body>
	void raw(const Body& body) {
		append(&body, sizeof(body));
	}
	void endNest(size_t at) {
		if (overflowed_) return;
		auto* header = reinterpret_cast<nlattr*>(memory_ + at);
		header->nla_len = static_cast<uint16_t>(length_ - at);
	}
	void end() {
		if (overflowed_) return;
		reinterpret_cast<nlmsghdr*>(memory_ + start_)->nlmsg_len = static_cast<uint32_t>(length_ - start_);
	}

	const uint8_t* data() const { return memory_; }
	size_t length() const { return length_; }
	/** Messages so far; their sequence numbers are 1, 2, … */
	uint32_t messages() const { return messages_; }
	bool overflowed() const { return overflowed_; }

private:
	void append(const void* data, size_t size) {
		size_t padded = (size + 3) & ~size_t{3};
		if (overflowed_ || length_ + padded > capacity_) {
			overflowed_ = true;
			return;
		}
		memcpy(memory_ + length_, data, size);
		memset(memory_ + length_ + size, 0, padded - size);
		length_ += padded;
	}

	uint8_t* memory_;
	size_t capacity_;
	size_t length_ = 0;
	size_t start_ = 0;
	uint32_t messages_ = 0;
	bool overflowed_ = false;
};

/** Walks the attributes of a message, never past its end. */
class AttributeReader {
public:
	AttributeReader(const void* data, size_t length) : data_(static_cast<const uint8_t*>(data)), length_(length) {}

	/** false at the end. */
	bool next() {
		if (length_ < NLA_HDRLEN) return false;
		memcpy(&header_, data_, sizeof(header_));
		if (header_.nla_len < NLA_HDRLEN || header_.nla_len > length_) return false;
		payload_ = data_ + NLA_HDRLEN;
		size_t step = (size_t{header_.nla_len} + 3) & ~size_t{3};
		if (step > length_) step = length_;
		data_ += step;
		length_ -= step;
		return true;
	}
	uint16_t type() const { return header_.nla_type & NLA_TYPE_MASK; }
	const uint8_t* payload() const { return payload_; }
	size_t size() const { return header_.nla_len - NLA_HDRLEN; }
	uint32_t number() const {
		uint32_t value = 0;
		memcpy(&value, payload_, size() < sizeof(value) ? size() : sizeof(value));
		return value;
	}
	/** Length of the text without NUL. */
	size_t textLength() const { return strnlen(reinterpret_cast<const char*>(payload_), size()); }
	const char* text() const { return reinterpret_cast<const char*>(payload_); }
	AttributeReader nested() const { return AttributeReader(payload_, size()); }

private:
	const uint8_t* data_;
	size_t length_;
	nlattr header_ = {};
	const uint8_t* payload_ = nullptr;
};

}  // namespace heddle

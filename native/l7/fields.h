#pragma once

#include <string_view>
#include <vector>

#include "limits.h"
#include "refusal.h"

namespace heddle::l7 {

enum class FieldName : uint8_t {
	Other,
	Host,
	ContentLength,
	TransferEncoding,
	Connection,
	Upgrade,
	Expect,
	KeepAlive,
	ProxyConnection,
	Te,
	Http2Settings,
};

/** One header line; views into the head that was read. */
struct Field {
	std::string_view name, value;
	/** The value as it stood between colon and line end. */
	std::string_view raw;
	FieldName known = FieldName::Other;
	/** Not forwarded. */
	bool removed = false;
};

/** Lines of a head, each ended by CR LF, up to and with the empty one. `status`: what a fault is answered with. */
Refusal parseFields(std::string_view lines, size_t most, uint16_t status, std::vector<Field>& fields);

FieldName knownName(std::string_view name);

/** Each member of a comma-separated list, trimmed; empty members are left out. `visit` returns false to stop. */
template <typename Visit>
void eachMember(std::string_view list, Visit visit) {
	while (!list.empty()) {
		size_t comma = list.find(',');
		std::string_view member = list.substr(0, comma);
		while (!member.empty() && (member.front() == ' ' || member.front() == '\t')) member.remove_prefix(1);
		while (!member.empty() && (member.back() == ' ' || member.back() == '\t')) member.remove_suffix(1);
		if (!member.empty() && !visit(member)) return;
		list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
	}
}

}  // namespace heddle::l7

#include "target.h"

#include "characters.h"
#include "path.h"

namespace heddle::l7 {

static size_t hostLength(std::string_view authority) {
	if (!authority.empty() && authority.front() == '[') {
		size_t end = authority.find(']');
		return end == std::string_view::npos ? 0 : end + 1;
	}
	size_t colon = authority.find(':');
	return colon == std::string_view::npos ? authority.size() : colon;
}

static bool isHost(std::string_view host) {
	if (host.empty()) return false;
	if (host.front() != '[') return all(host, kHostCharacter);
	std::string_view address = host.substr(1, host.size() - 2);
	if (address.size() < 2 || address.size() > 45) return false;
	for (char c : address)
		if (!is(c, kHexDigit) && c != ':' && c != '.') return false;
	return true;
}

bool isAuthority(std::string_view text) {
	if (text.size() > 255) return false;
	size_t length = hostLength(text);
	if (!isHost(text.substr(0, length))) return false;
	std::string_view rest = text.substr(length);
	if (rest.empty()) return true;
	return rest.front() == ':' && rest.size() > 1 && rest.size() <= 6 && all(rest.substr(1), kDigit);
}

std::string_view hostOf(std::string_view authority) { return authority.substr(0, hostLength(authority)); }

std::string_view portOf(std::string_view authority) {
	size_t length = hostLength(authority);
	return length < authority.size() ? authority.substr(length + 1) : std::string_view();
}

static bool isSameAuthority(std::string_view a, std::string_view b) {
	auto port = [](std::string_view authority) { return portOf(authority).empty() ? "80" : portOf(authority); };
	return equalsIgnoringCase(hostOf(a), hostOf(b)) && port(a) == port(b);
}

static Refusal judgeAuthority(std::string_view target, std::string_view host, std::string& path) {
	if (!isAuthority(target) || portOf(target).empty()) return badRequest("CONNECT without host and port");
	if (!host.empty() && !equalsIgnoringCase(target, host)) return badRequest("CONNECT to another host than Host says");
	path.append(target);
	return {};
}

static Refusal judgeAbsolute(std::string_view method, std::string_view target, std::string_view host, std::string& path) {
	constexpr size_t kScheme = 7;
	if (target.size() < kScheme || !equalsIgnoringCase(target.substr(0, kScheme), "http://"))
		return badRequest("a target that is neither a path nor of http");
	target.remove_prefix(kScheme);
	size_t end = target.find_first_of("/?");
	std::string_view authority = target.substr(0, end);
	if (!isAuthority(authority)) return badRequest("a target whose host is none");
	if (host.empty() || !isSameAuthority(authority, host)) return badRequest("a target of another host than Host says");
	if (end == std::string_view::npos) {
		path += method == "OPTIONS" ? '*' : '/';
		return {};
	}
	if (target[end] == '/') return normalisePath(target.substr(end), path);
	std::string rooted("/");
	return normalisePath(rooted.append(target.substr(end)), path);
}

Refusal judgeTarget(std::string_view method, std::string_view target, std::string_view host, std::string& path) {
	path.clear();
	if (method == "CONNECT") return judgeAuthority(target, host, path);
	if (target.front() == '/') return normalisePath(target, path);
	if (target != "*") return judgeAbsolute(method, target, host, path);
	if (method != "OPTIONS") return badRequest("target * of another method than OPTIONS");
	path += '*';
	return {};
}

}  // namespace heddle::l7

#include "client_hello.h"

#include <cstdint>

#include "characters.h"
#include "octets.h"

namespace heddle::l7 {

static constexpr size_t kRecordHeader = 5, kMessageHeader = 4, kMostFragment = 1 << 14;
static constexpr uint8_t kClientHello = 1, kHostName = 0;
static constexpr uint16_t kServerNameExtension = 0;
static constexpr size_t kLongestName = 255;

static HelloScan bad(ClientHello& hello, const char* fault) {
	hello.fault = fault;
	return HelloScan::Bad;
}

/** The fragments of the records, joined as long as they are handshake and whole. */
static HelloScan joinRecords(std::string_view bytes, std::string& message, ClientHello& hello) {
	while (!bytes.empty()) {
		if (bytes[0] != kTlsHandshake) return bad(hello, "not a TLS handshake");
		if (bytes.size() > 1 && bytes[1] != 3) return bad(hello, "a TLS record of an unknown version");
		if (bytes.size() < kRecordHeader) return HelloScan::Incomplete;
		Octets header(bytes.substr(3, 2));
		size_t length = header.u16();
		if (length == 0 || length > kMostFragment) return bad(hello, "a TLS record of a length that none has");
		if (bytes.size() - kRecordHeader < length) return HelloScan::Incomplete;
		message.append(bytes.substr(kRecordHeader, length));
		bytes.remove_prefix(kRecordHeader + length);
		if (message[0] != kClientHello) return bad(hello, "a TLS handshake that begins with no ClientHello");
		if (message.size() < kMessageHeader) continue;
		Octets begin{std::string_view(message).substr(1, 3)};
		size_t whole = kMessageHeader + begin.u24();
		if (message.size() > whole) return bad(hello, "a ClientHello with more behind it");
		if (message.size() == whole) return HelloScan::Complete;
	}
	return HelloScan::Incomplete;
}

static bool isName(std::string_view name) { return !name.empty() && name.size() <= kLongestName && all(name, kHostCharacter); }

static bool readServerName(Octets extension, ClientHello& hello) {
	Octets list = extension.part(extension.u16());
	if (extension.failed() || !extension.empty()) return hello.fault = "SNI whose lengths do not add up", false;
	uint8_t type = list.u8();
	std::string_view name = list.bytes(list.u16());
	if (list.failed() || !list.empty()) return hello.fault = "SNI that is not one name", false;
	if (type != kHostName || !isName(name)) return hello.fault = "SNI that is no host name", false;
	hello.serverName.assign(name);
	for (char& c : hello.serverName) c = lower(c);
	return true;
}

static bool readExtensions(Octets extensions, ClientHello& hello) {
	bool named = false;
	while (!extensions.empty()) {
		uint16_t type = extensions.u16();
		Octets extension = extensions.part(extensions.u16());
		if (extensions.failed()) return hello.fault = "extensions whose lengths do not add up", false;
		if (type != kServerNameExtension) continue;
		if (named) return hello.fault = "SNI that is there twice", false;
		named = true;
		if (!readServerName(extension, hello)) return false;
	}
	return true;
}

HelloScan scanClientHello(std::string_view bytes, size_t most, ClientHello& hello) {
	hello = {};
	std::string message;
	HelloScan scan = joinRecords(bytes, message, hello);
	if (scan == HelloScan::Incomplete && bytes.size() >= most) return bad(hello, "a ClientHello that is too long");
	if (scan != HelloScan::Complete) return scan;
	Octets body{std::string_view(message).substr(kMessageHeader)};
	body.bytes(2 + 32);		// version, random
	body.bytes(body.u8());	// session
	size_t ciphers = body.u16();
	body.bytes(ciphers);
	body.bytes(body.u8());	// compression
	if (body.failed() || ciphers == 0 || ciphers % 2) return bad(hello, "a ClientHello whose lengths do not add up");
	if (body.empty()) return scan;
	Octets extensions = body.part(body.u16());
	if (body.failed() || !body.empty()) return bad(hello, "a ClientHello whose lengths do not add up");
	return readExtensions(extensions, hello) ? scan : HelloScan::Bad;
}

}  // namespace heddle::l7

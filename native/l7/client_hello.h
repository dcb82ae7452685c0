#pragma once

#include <string>
#include <string_view>

namespace heddle::l7 {

/** The first byte of a TLS record that carries a handshake (RFC 8446, 5.1). */
constexpr char kTlsHandshake = 22;

enum class HelloScan { Incomplete, Bad, Complete };

/** What begins a TLS connection, as far as it tells where it wants to go. */
struct ClientHello {
	/** SNI (RFC 6066, 3): small letters; empty: it names none. */
	std::string serverName;
	/** Why it is none, of a Bad one. */
	const char* fault = nullptr;
};

/**
 * Reads the ClientHello that `bytes` begin with, in one record or several, strictly: what it says twice, or with lengths
 * that do not add up, may be read otherwise by the server. `most`: bytes, records' headers included.
 */
HelloScan scanClientHello(std::string_view bytes, size_t most, ClientHello& hello);

}  // namespace heddle::l7

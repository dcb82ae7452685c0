#pragma once

#include <napi.h>

#include <functional>

#include "fd.h"
#include "netlink_message.h"
#include "wrapped.h"

namespace heddle {

struct Address;
struct LinkFacts;

/** rtnetlink socket of one namespace. */
class Netlink : public Wrapped<Netlink> {
public:
	static constexpr const char* kName = "Netlink";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c56, 0xb6a3a4b4a7b1c006};

	explicit Netlink(const Napi::CallbackInfo& info);
	static Napi::Function define(Napi::Env env);
	void closeAtExit() override {
		fd_.reset();
		changes_.reset();
	}

private:
	// netlink_links.cc
	Napi::Value link(const Napi::CallbackInfo& info);
	Napi::Value links(const Napi::CallbackInfo& info);
	Napi::Value setLink(const Napi::CallbackInfo& info);
	Napi::Value deleteLink(const Napi::CallbackInfo& info);
	// netlink_delete.cc
	Napi::Value deleteLinks(const Napi::CallbackInfo& info);
	// netlink_devices.cc
	Napi::Value addVeth(const Napi::CallbackInfo& info);
	Napi::Value addNetkit(const Napi::CallbackInfo& info);
	Napi::Value addBridge(const Napi::CallbackInfo& info);
	Napi::Value addDummy(const Napi::CallbackInfo& info);
	Napi::Value addPair(const Napi::CallbackInfo& info, bool netkit);
	Napi::Value addSimple(const Napi::CallbackInfo& info, const char* kind);
	// netlink_addresses.cc
	Napi::Value addAddress(const Napi::CallbackInfo& info);
	Napi::Value deleteAddress(const Napi::CallbackInfo& info);
	Napi::Value addresses(const Napi::CallbackInfo& info);
	// netlink_changes.cc
	Napi::Value changes(const Napi::CallbackInfo& info);
	// netlink_routes.cc
	Napi::Value addRoute(const Napi::CallbackInfo& info);
	Napi::Value deleteRoute(const Napi::CallbackInfo& info);
	Napi::Value routes(const Napi::CallbackInfo& info);
	// netlink_rules.cc
	Napi::Value addRule(const Napi::CallbackInfo& info);
	Napi::Value deleteRule(const Napi::CallbackInfo& info);
	// netlink_neighbours.cc
	Napi::Value addNeighbour(const Napi::CallbackInfo& info);
	Napi::Value deleteNeighbour(const Napi::CallbackInfo& info);
	Napi::Value isClosed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !fd_.valid()); }
	Napi::Value close(const Napi::CallbackInfo& info);

	/** Sends one message; failure names `what`. */
	Status send(const MessageWriter& writer, const std::string& what);
	/** The same from a method: throws. `absent`: errnos that mean "was not there" (false). */
	Napi::Value remove(Napi::Env env, const MessageWriter& writer, const std::string& what);

	Fd fd_;
	/** Hears of changes since the last question; opened with the first. */
	Fd changes_;
};

/** Index or name of an interface argument. */
struct LinkKey {
	int ifindex = 0;
	std::string name;
	std::string describe() const { return name.empty() ? "interface " + std::to_string(ifindex) : "interface " + name; }
};

bool readLinkKey(Napi::Env env, Napi::Value value, LinkKey& out);
bool readAddress(Napi::Env env, Napi::Value value, const char* name, Address& out);
bool readMac(Napi::Env env, const std::string& text, const char* name, uint8_t out[6]);
bool readInterfaceName(Napi::Env env, const std::string& text, const char* name);

/** Memory for one request. */
struct RequestBuffer {
	alignas(nlmsghdr) uint8_t memory[1024];
	MessageWriter writer() { return MessageWriter(memory, sizeof(memory)); }
};

}  // namespace heddle

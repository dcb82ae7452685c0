#include "printing.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "type_name.h"

namespace heddle::dns {

using Json = nlohmann::json;

static void print(const Json& line) {
	std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
	[[maybe_unused]] ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
}

static std::string ipOf(const l7::Address& address) {
	std::string text = address.text();
	return text.substr(0, text.rfind(':'));
}

void printLesson(const ClientInfo& info, const Lesson& lesson) {
	Json addresses = Json::array();
	for (const Found& found : *lesson.addresses) addresses.push_back({{"address", ipOf(found.address)}, {"ttl", found.ttl}});
	print({{"kind", "lesson"}, {"ticket", lesson.ticket}, {"name", lesson.name}, {"addresses", addresses},
		{"client", ipOf(info.client)}, {"network", info.listener->network}});
}

static void addAnswer(const Answer& answer, Json& line) {
	line["ttl"] = answer.ttl;
	for (const Found& found : answer.found) line["ips"].push_back(ipOf(found.address));
	for (const Name& name : answer.cnames) line["cnames"].push_back(textOf(name.view()));
	for (uint16_t type : answer.types) line["rrtypes"].push_back(typeName(type));
}

void printRecord(const ClientInfo& info, const AccessRecord& record) {
	static const char* const verdicts[] = {"forwarded", "denied", "error"};
	bool isRequest = record.kind == AccessRecord::Kind::Request;
	Json line = {{"kind", isRequest ? "request" : "response"}, {"verdict", verdicts[static_cast<int>(record.verdict)]},
		{"name", record.name}, {"type", typeName(record.type)}, {"rcode", record.rcode}, {"reason", record.reason},
		{"time", record.time}, {"latencyNs", record.latencyNs}, {"tcp", info.tcp}, {"client", info.client.text()},
		{"server", info.server.text()}, {"network", info.listener->network}};
	if (record.answer) addAnswer(*record.answer, line);
	print(line);
}

void printStatistics(const Statistics& counts) {
	print({{"kind", "statistics"}, {"active", counts.active.load()}, {"sockets", counts.sockets.load()},
		{"queries", counts.queries.load()}, {"forwarded", counts.forwarded.load()}, {"answered", counts.answered.load()},
		{"denied", counts.denied.load()}, {"malformed", counts.malformed.load()}, {"unredirected", counts.unredirected.load()},
		{"limited", counts.limited.load()}, {"mismatched", counts.mismatched.load()}, {"badAnswers", counts.badAnswers.load()},
		{"upstreamFailures", counts.upstreamFailures.load()}, {"timeouts", counts.timeouts.load()},
		{"held", counts.held.load()}, {"unlearned", counts.unlearned.load()}, {"unsent", counts.unsent.load()}});
}

void printKind(const char* kind) { print({{"kind", kind}}); }

void printListening(uint16_t port) { print({{"listening", port}}); }

}  // namespace heddle::dns

// dns_driver: the engine between two addresses of this machine, for tests and benches. Prints `{"listening":PORT}`, then each
// lesson and access record as a line of JSON. Lines to it: `release TICKET`, `refuse TICKET`, `forget NAME`, `reload`,
// `statistics`, `remove`; their end is its end.

#include <cstdio>
#include <cstring>
#include <iostream>
#include <mutex>

#include "options.h"
#include "printing.h"
#include "sockets.h"

namespace heddle::dns {

class Driver final : Hooks {
public:
	int run(int count, char** arguments);

private:
	bool start(std::string& fault);
	int openUpstream(const ClientInfo& info) override { return connectFrom(info, options_.upstream); }
	void judge(const ClientInfo& info, Standing& standing) override;
	void learn(const ClientInfo& info, const Standing& standing, const Lesson& lesson) override;
	void record(const ClientInfo& info, const Standing& standing, const AccessRecord& record) override;
	void obey(const std::string& word, const std::string& argument);
	void reload();

	Options options_;
	std::mutex mutex_;
	Configuration configuration_;
	const bool quiet_ = getenv("DNS_DRIVER_QUIET") != nullptr;
	Engine engine_;
};

void Driver::judge(const ClientInfo&, Standing& standing) {
	std::lock_guard<std::mutex> lock(mutex_);
	standing.rules.egress = configuration_.rules;
}

void Driver::record(const ClientInfo& info, const Standing&, const AccessRecord& record) {
	if (!quiet_) printRecord(info, record);
}

void Driver::learn(const ClientInfo& info, const Standing&, const Lesson& lesson) {
	if (!quiet_) printLesson(info, lesson);
	if (configuration_.learns) engine_.release(lesson.ticket, true);
}

bool Driver::start(std::string& fault) {
	std::shared_ptr<Listener> listener = listenAt(options_.listen);
	if (!listener) return fault = std::string("listen: ") + strerror(errno), false;
	if (!engine_.start(options_.threads, configuration_.limits, *this, fault)) return false;
	if (!engine_.addListener(std::move(listener))) return fault = "the listener cannot be watched", false;
	printListening(options_.listen.port);
	return true;
}

void Driver::reload() {
	Configuration configuration;
	std::string fault;
	if (!readConfiguration(options_.rulesPath, configuration, fault)) return printKind(fault.c_str());
	{
		std::lock_guard<std::mutex> lock(mutex_);
		configuration_.rules = configuration.rules;
	}
	engine_.review();
	printKind("reloaded");
}

void Driver::obey(const std::string& word, const std::string& argument) {
	if (word == "release" || word == "refuse") engine_.release(strtoull(argument.c_str(), nullptr, 10), word == "release");
	if (word == "forget") engine_.forget(argument);
	if (word == "reload") reload();
	if (word == "statistics") printStatistics(engine_.statistics());
	if (word == "remove") engine_.removeListeners(kNetwork), printKind("removed");
}

int Driver::run(int count, char** arguments) {
	std::string fault;
	bool started = readOptions(count, arguments, options_, fault) &&
		readConfiguration(options_.rulesPath, configuration_, fault) && start(fault);
	if (!started) return fprintf(stderr, "dns_driver: %s\n", fault.c_str()), 1;
	for (std::string line; std::getline(std::cin, line);) {
		size_t space = line.find(' ');
		obey(line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
	}
	engine_.stop();
	printStatistics(engine_.statistics());
	return 0;
}

}  // namespace heddle::dns

int main(int count, char** arguments) { return heddle::dns::Driver().run(count, arguments); }

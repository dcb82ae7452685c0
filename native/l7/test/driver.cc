// l7_driver: the engine between two addresses of this machine, for tests and benches. Prints `{"listening":PORT}`, then each
// access record as a line of JSON. SIGHUP: reads its rules again; SIGTERM: prints its counts, and ends.

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>

#include "context.h"
#include "engine.h"
#include "forbid_io_uring.h"
#include "options.h"

namespace heddle::l7 {

static void print(const nlohmann::json& line) {
	std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
	[[maybe_unused]] ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
}

static void printAccess(const AccessRecord& record) {
	bool isRequest = record.kind == AccessRecord::Kind::Request;
	print({{"kind", isRequest ? "request" : "response"}, {"connection", record.connection}, {"method", record.method},
		{"url", record.url}, {"protocol", record.protocol}, {"status", record.status}, {"denied", record.denied},
		{"mismatched", record.mismatched}, {"reason", record.reason}, {"latencyNs", record.latencyNs}, {"time", record.time},
		{"client", record.client.text()}, {"destination", record.destination.text()}});
}

static int connectTo(const Address& upstream) {
	sockaddr_storage address;
	socklen_t length = upstream.to(address);
	int fd = socket(upstream.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 || errno == EINPROGRESS) return fd;
	close(fd);
	return -1;
}

/** Everything goes to one address, under one set of rules. */
class FixedHooks final : public Hooks {
public:
	FixedHooks(const Address& upstream, bool prints) : upstream_(upstream), prints_(prints) {}
	void setRules(std::shared_ptr<const RuleSet> rules) {
		std::lock_guard<std::mutex> lock(mutex_);
		rules_ = std::move(rules);
	}
	int connectUpstream(const ConnectionInfo&) override { return connectTo(upstream_); }
	void judge(const ConnectionInfo&, Standing& standing) override {
		std::lock_guard<std::mutex> lock(mutex_);
		standing.rules.ingress = rules_;
	}
	void record(const ConnectionInfo&, const Standing&, const AccessRecord& record) override {
		if (prints_) printAccess(record);
	}

private:
	std::mutex mutex_;
	std::shared_ptr<const RuleSet> rules_;
	const Address upstream_;
	const bool prints_;
};

static int listenAt(Address& listen) {
	sockaddr_storage address;
	socklen_t length = listen.to(address);
	int fd = socket(listen.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, reinterpret_cast<sockaddr*>(&address), length) < 0 || ::listen(fd, 4096) < 0) return -1;
	getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
	listen = Address::from(address);
	return fd;
}

static void printStatistics(const Statistics& counts) {
	print({{"kind", "statistics"}, {"connections", counts.connections.load()}, {"accepted", counts.accepted.load()},
		{"requests", counts.requests.load()}, {"denied", counts.denied.load()}, {"malformed", counts.malformed.load()},
		{"refused", counts.refusedByConnections.load() + counts.refusedByClient.load() + counts.refusedForDescriptors.load()},
		{"timeouts", counts.timeouts.load()}, {"upstreamFailures", counts.upstreamFailures.load()}});
}

static void reload(const Options& options, FixedHooks& hooks, Engine& engine) {
	Configuration configuration;
	std::string fault;
	if (!readConfiguration(options.rulesPath, configuration, fault)) return print({{"fault", fault}});
	hooks.setRules(configuration.rules);
	engine.review();
	print({{"kind", "reloaded"}});
}

static int fail(const std::string& fault) {
	fprintf(stderr, "l7_driver: %s\n", fault.c_str());
	return 1;
}

static int run(int count, char** arguments) {
	Options options;
	Configuration configuration;
	std::string fault;
	if (!readOptions(count, arguments, options, fault)) return fail(fault);
	if (!readConfiguration(options.rulesPath, configuration, fault)) return fail(fault);
	int listener = listenAt(options.listen);
	if (listener < 0) return fail(std::string("listen: ") + strerror(errno));
	sigset_t signals;
	sigemptyset(&signals);
	for (int number : {SIGHUP, SIGTERM, SIGINT, SIGUSR1}) sigaddset(&signals, number);
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	FixedHooks hooks(options.upstream, !getenv("L7_DRIVER_QUIET"));
	hooks.setRules(configuration.rules);
	const char* forbidden = getenv("L7_DRIVER_FORBIDS_IO_URING");
	if (forbidden && !forbidIoUring(forbidden)) return fail(std::string("seccomp: ") + strerror(errno));
	Engine engine;
	if (!engine.start(options.threads, configuration.limits, hooks, fault)) return fail(fault);
	if (!engine.addListener(std::make_shared<Listener>(listener, 0, ""), fault)) return fail(fault);
	print({{"listening", options.listen.port}});
	for (int number = 0; number != SIGTERM && number != SIGINT;) {
		sigwait(&signals, &number);
		if (number == SIGHUP) reload(options, hooks, engine);
		if (number == SIGUSR1) printStatistics(engine.statistics());
	}
	engine.stop();
	printStatistics(engine.statistics());
	return 0;
}

}  // namespace heddle::l7

int main(int count, char** arguments) { return heddle::l7::run(count, arguments); }

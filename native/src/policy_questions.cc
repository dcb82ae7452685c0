#include "policy_questions.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "abi.h"
#include "map.h"
#include "program.h"

namespace heddle {

/** IEEE 802 local experiments: no protocol that the kernel would look into. */
static constexpr uint16_t kQuestionType = 0x88b5;

void PolicyQuestions::close() {
	epoch_ = nullptr;
	page_.close();
	program_.reset();
}

Status PolicyQuestions::map(const Map& control) {
	const MapShape& shape = control.shape();
	if (shape.type != BPF_MAP_TYPE_ARRAY || !(shape.flags & BPF_F_MMAPABLE) || shape.valueSize < sizeof(uint32_t))
		return Status::of("ERR_INVALID_ARGUMENT",
			"control: expected an array made with BPF_F_MMAPABLE that begins with the epoch, found map " + shape.name);
	Status status = page_.open(control, PROT_READ);
	if (!status.failed()) epoch_ = static_cast<const uint32_t*>(page_.address());
	return status;
}

Status PolicyQuestions::open(const Program& program, const Map& control) {
	if (program.type() != BPF_PROG_TYPE_SCHED_CLS)
		return Status::of("ERR_INVALID_ARGUMENT",
			"ask: expected a TC program (type 3), found program " + program.name() + " of type " +
				std::to_string(program.type()));
	program_ = program.fd().duplicate();
	if (!program_.valid()) return Status::system(errno, "fcntl", "program " + program.name());
	return map(control);
}

static policy_question questionOf(
	uint16_t network, uint8_t protocol, const l7::Address& client, const l7::Address& destination) {
	policy_question question = {};
	const uint16_t type = htons(kQuestionType);
	memcpy(question.ethernet + sizeof(ethhdr::h_dest) + sizeof(ethhdr::h_source), &type, sizeof(type));
	memcpy(question.source_address, client.ip, sizeof(question.source_address));
	memcpy(question.destination_address, destination.ip, sizeof(question.destination_address));
	question.source_port = htons(client.port);
	question.destination_port = htons(destination.port);
	question.network = network;
	question.family = client.family == AF_INET ? IPV4_VERSION : IPV6_VERSION;
	question.protocol = protocol;
	return question;
}

static l7::PolicyAnswer answerOf(const policy_question& question) {
	l7::PolicyAnswer answer;
	answer.epoch = question.epoch;
	answer.sourceIdentity = question.source_identity;
	answer.destinationIdentity = question.destination_identity;
	answer.sourceEndpoint = question.source_endpoint;
	answer.destinationEndpoint = question.destination_endpoint;
	answer.egressCookie = question.egress_cookie;
	answer.ingressCookie = question.ingress_cookie;
	answer.egressRedirected = question.egress_verdict == VERDICT_REDIRECTED;
	answer.ingressRedirected = question.ingress_verdict == VERDICT_REDIRECTED;
	return answer;
}

static const char* denialOf(const policy_question& question) {
	if (question.reason != 0) return "policy denies the connection";
	bool redirected = question.egress_verdict == VERDICT_REDIRECTED || question.ingress_verdict == VERDICT_REDIRECTED;
	return redirected ? nullptr : "policy sends the connection to no proxy";
}

void PolicyQuestions::ask(uint16_t network, uint8_t protocol, const l7::Address& client, const l7::Address& destination,
	l7::PolicyAnswer& answer) const {
	policy_question question = questionOf(network, protocol, client, destination);
	bpf_test_run_opts options = {};
	options.sz = sizeof(options);
	options.data_in = options.data_out = &question;
	options.data_size_in = options.data_size_out = sizeof(question);
	options.repeat = 1;
	bool failed = bpf_prog_test_run_opts(program_.get(), &options) != 0 || options.retval != 0;
	answer = failed ? l7::PolicyAnswer() : answerOf(question);
	answer.denial = failed ? "policy could not be asked" : denialOf(question);
}

}  // namespace heddle

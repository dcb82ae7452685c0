#pragma once

#include <netinet/in.h>

#include <atomic>
#include <cstdint>

#include "policy_questions.h"
#include "rule_table.h"

namespace heddle {

/** What a proxy is asked to judge: who, to where, how. */
struct Judged {
	uint32_t network;
	uint8_t protocol;
	const l7::Address &client, &destination;
};

/** Keeps standings in step with the datapath's policy and the rules it names. On any thread. */
template <class RuleSet>
class PolicyJudge {
public:
	/** Of `Standing` only what is out of date is found anew. */
	template <class Standing>
	void bringUpToDate(const Judged& judged, Standing& standing) {
		for (int asked = 0;; asked++) {
			// Before anything they speak of is read: a change meanwhile makes what was read out of date.
			uint64_t version = rules.version();
			bool isCurrent = standing.answer.epoch != 0 && standing.answer.epoch == questions.epoch();
			if (isCurrent && standing.rulesVersion == version) return;
			if (!isCurrent) ask(judged, standing.answer);
			standing.rulesVersion = version;
			standing.rules = {};
			standing.fault = standing.answer.denial;
			if (standing.fault || rules.find(standing.answer, standing.rules)) return;
			standing.rules = {};
			standing.fault = "no rules under the cookie that policy names";
			// Rules go once no current answer names them.
			if (asked == kQuestionsInARow || standing.answer.epoch == questions.epoch()) return;
		}
	}

	PolicyQuestions questions;
	RuleTable<RuleSet> rules;
	std::atomic<uint64_t> policyQuestions{0}, policyFailures{0};

private:
	/** Changes of policy that may come in between asking it and finding the rules it names. */
	static constexpr int kQuestionsInARow = 3;

	void ask(const Judged& judged, l7::PolicyAnswer& answer) {
		const l7::PolicyAnswer former = answer;
		policyQuestions.fetch_add(1, std::memory_order_relaxed);
		auto network = static_cast<uint16_t>(judged.network);
		questions.ask(network, judged.protocol, judged.client, judged.destination, answer);
		if (answer.epoch == 0) policyFailures.fetch_add(1, std::memory_order_relaxed);
		if (judged.protocol == IPPROTO_TCP) keepToEnds(former, answer);
	}

	/** Whoever has an address now speaks for himself, not for who had it when the connection began. */
	static void keepToEnds(const l7::PolicyAnswer& former, l7::PolicyAnswer& answer) {
		bool same = answer.sourceEndpoint == former.sourceEndpoint && answer.destinationEndpoint == former.destinationEndpoint;
		if (former.epoch == 0 || same) return;
		answer.sourceEndpoint = former.sourceEndpoint;
		answer.destinationEndpoint = former.destinationEndpoint;
		if (!answer.denial) answer.denial = "an address of the connection has another endpoint now";
	}
};

}  // namespace heddle

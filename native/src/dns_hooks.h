#pragma once

#include <memory>
#include <vector>

#include "dns/hooks.h"
#include "policy_judge.h"
#include "record_delivery.h"
#include "record_ring.h"

namespace heddle {

/** The engine between pods and their servers, under the datapath's policy. */
class DnsHooks final : public dns::Hooks, public PolicyJudge<dns::RuleSet> {
public:
	int openUpstream(const dns::ClientInfo& info) override;
	void judge(const dns::ClientInfo& info, dns::Standing& standing) override;
	void learn(const dns::ClientInfo& info, const dns::Standing& standing, const dns::Lesson& lesson) override;
	void record(const dns::ClientInfo& info, const dns::Standing& standing, const dns::AccessRecord& record) override;

	/** By worker. */
	RecordDelivery::Rings records, lessons;
	RecordDelivery recordDelivery, lessonDelivery;
};

}  // namespace heddle

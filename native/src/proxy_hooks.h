#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "l7/hooks.h"
#include "policy_judge.h"
#include "proxy_beat.h"
#include "recent_standings.h"
#include "record_ring.h"

namespace heddle {

/** The engine between pods: connections go on to where they were going, under the datapath's policy. */
class ProxyHooks final : public l7::Hooks, public PolicyJudge<l7::RuleSet> {
public:
	int connectUpstream(const l7::ConnectionInfo& info) override;
	void judge(const l7::ConnectionInfo& info, l7::Standing& standing) override;
	void noteTurn(uint64_t nowMs) override;
	void record(const l7::ConnectionInfo& info, const l7::Standing& standing, const l7::AccessRecord& record) override;

	/** By worker. */
	std::vector<std::unique_ptr<RecordRing>> rings;
	std::vector<RecentStandings> recent;
	ProxyBeat beat;
	/** Called after each record, on the worker's thread. */
	void (*onRecord)(void*) = nullptr;
	void* onRecordContext = nullptr;

	std::atomic<uint64_t> otherPorts{0};

private:
	void begin(const l7::ConnectionInfo& info, l7::Standing& standing);
};

}  // namespace heddle

#include "lessons.h"

#include <algorithm>

#include "exchanges.h"

namespace heddle::dns {

/** A quarter longer than the answer says: so not every answer from a server that always says the same is a lesson. */
static std::vector<Found> lengthened(const std::vector<Found>& found, uint32_t shortestTtl) {
	std::vector<Found> longer = found;
	for (Found& one : longer) {
		uint64_t ttl = std::max(one.ttl, shortestTtl);
		one.ttl = static_cast<uint32_t>(std::min<uint64_t>(ttl + ttl / 4 + 2, INT32_MAX));
	}
	return longer;
}

static bool covers(const std::vector<Found>& lesson, const std::vector<Found>& found) {
	return std::all_of(found.begin(), found.end(), [&](const Found& one) {
		return std::any_of(lesson.begin(), lesson.end(),
			[&](const Found& other) { return other.address.hasSameIp(one.address) && other.ttl >= one.ttl; });
	});
}

Lessons::Open* Lessons::covering(const std::string& name, const std::vector<Found>& found) {
	auto [begin, end] = byName_.equal_range(name);
	for (auto entry = begin; entry != end; ++entry)
		if (covers(entry->second->found, found)) return entry->second;
	return nullptr;
}

/** The hook may release it at once, which takes effect later: it is there until then. */
Lessons::Open& Lessons::ask(const Exchange& exchange, const Answer& answer) {
	auto lesson = std::make_unique<Open>(*this);
	Open& open = *lesson;
	open.ticket = nextTicket_++;
	open.askedMs = context_.nowMs;
	open.name = exchange.name;
	open.found = lengthened(answer.found, context_.shared.limits.shortestTtl);
	context_.arm(open, context_.shared.limits.learnTimeout);
	byName_.emplace(open.name, &open);
	open_.emplace(open.ticket, std::move(lesson));
	context_.shared.hooks->learn(exchange.path.info, *exchange.standing, {open.ticket, open.name, &open.found});
	return open;
}

void Lessons::hold(Exchange& exchange) {
	context_.shared.statistics.held++;
	Open* open = covering(exchange.name, exchange.answer.found);
	(open ? *open : ask(exchange, exchange.answer)).waiting.push_back(&exchange);
}

void Lessons::refresh(const Exchange& exchange, const Answer& answer) {
	if (!covering(exchange.name, answer.found)) ask(exchange, answer);
}

std::unique_ptr<Lessons::Open> Lessons::take(uint64_t ticket) {
	auto found = open_.find(ticket);
	if (found == open_.end()) return nullptr;
	std::unique_ptr<Open> open = std::move(found->second);
	open_.erase(found);
	auto [begin, end] = byName_.equal_range(open->name);
	byName_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == open.get(); }));
	context_.wheel.disarm(*open);
	return open;
}

void Lessons::release(uint64_t ticket, bool learned) { end(ticket, learned); }

void Lessons::end(uint64_t ticket, bool learned) {
	std::unique_ptr<Open> open = take(ticket);
	if (!open) return;
	if (learned) context_.known.add(open->name, open->found, open->askedMs);
	else context_.shared.statistics.unlearned++;
	for (Exchange* exchange : open->waiting) {
		if (learned) exchanges_.deliver(*exchange, exchange->held, exchange->answer);
		else exchanges_.fail(*exchange, "addresses were not learned");
	}
}

void Lessons::forget(const std::string& name) {
	auto [begin, end] = byName_.equal_range(name);
	for (auto entry = begin; entry != end; ++entry) entry->second->found.clear();
}

/** Seldom: a client that left. */
void Lessons::leave(Exchange& exchange) {
	auto [begin, end] = byName_.equal_range(exchange.name);
	for (auto entry = begin; entry != end; ++entry) {
		std::vector<Exchange*>& waiting = entry->second->waiting;
		waiting.erase(std::remove(waiting.begin(), waiting.end(), &exchange), waiting.end());
	}
}

}  // namespace heddle::dns

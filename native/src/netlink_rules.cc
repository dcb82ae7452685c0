#include <linux/fib_rules.h>
#include <sys/socket.h>

#include "arguments.h"
#include "netlink.h"
#include "netlink_wire.h"

namespace heddle {

struct Rule {
	uint32_t family = 0, table = 0, priority = 0, mark = 0;
	std::string iif, oif;
	bool inverted = false;
};

static bool readRule(Napi::Env env, Napi::Value value, Rule& out) {
	Napi::Object object;
	if (!readObject(env, value, "rule", object) || !readUint32(env, object.Get("family"), "family", out.family) ||
		!readUint32(env, object.Get("table"), "table", out.table) ||
		!readUint32(env, object.Get("priority"), "priority", out.priority))
		return false;
	if (out.family != 4 && out.family != 6) return throwArgument(env, "family", "4 or 6", std::to_string(out.family)), false;
	if (!optionalUint32(object, "mark", "mark", out.mark) || !optionalString(object, "iif", "iif", out.iif) ||
		!optionalString(object, "oif", "oif", out.oif) || !optionalBoolean(object, "not", "not", out.inverted))
		return false;
	return (out.iif.empty() || readInterfaceName(env, out.iif, "iif")) &&
		(out.oif.empty() || readInterfaceName(env, out.oif, "oif"));
}

static void writeRule(MessageWriter& writer, uint16_t type, uint16_t flags, const Rule& rule) {
	fib_rule_hdr message = {};
	message.family = rule.family == 4 ? AF_INET : AF_INET6;
	message.action = FR_ACT_TO_TBL;
	message.flags = rule.inverted ? FIB_RULE_INVERT : 0;
	writer.begin(type, static_cast<uint16_t>(NLM_F_ACK | flags), message);
	writer.number(FRA_TABLE, rule.table);
	writer.number(FRA_PRIORITY, rule.priority);
	if (rule.mark != 0) writer.number(FRA_FWMARK, rule.mark);
	if (!rule.iif.empty()) writer.text(FRA_IIFNAME, rule.iif.c_str());
	if (!rule.oif.empty()) writer.text(FRA_OIFNAME, rule.oif.c_str());
	writer.end();
}

Napi::Value Netlink::addRule(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Rule rule;
	if (!readRule(env, info[0], rule)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeRule(writer, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule);
	Status status = send(writer, "adding a rule for table " + std::to_string(rule.table));
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

Napi::Value Netlink::deleteRule(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Rule rule;
	if (!readRule(env, info[0], rule)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeRule(writer, RTM_DELRULE, 0, rule);
	return remove(env, writer, "deleting a rule for table " + std::to_string(rule.table));
}

}  // namespace heddle

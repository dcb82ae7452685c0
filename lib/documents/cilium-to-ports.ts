import { SCTP, TCP, UDP } from '../policy/protocols.js';
import { list, object, optional, refine, type Check, type Place } from './check.js';
import type { CiliumPort, CiliumPortRule } from './cilium-rule.js';
import { ciliumPorts } from './cilium-ports.js';
import { dnsRule, serverName } from './domain-names.js';
import { httpRule } from './http-rules.js';

export type Way = 'ingress' | 'egress';

const rules = object(
	{ http: optional(list(httpRule)), dns: optional(list(dnsRule)) },
	{
		refused: {
			kafka: 'Kafka rules are no longer part of Cilium',
			l7proto: 'rules of parsers beside Envoy are not supported',
			l7: 'rules of parsers beside Envoy are not supported',
		},
	},
);

const fields = object(
	{ ports: optional(ciliumPorts), rules: optional(rules), serverNames: optional(list(serverName)) },
	{
		refused: {
			terminatingTLS: 'TLS is not ended for inspection',
			originatingTLS: 'TLS is not ended for inspection',
			listener: 'listeners of Envoy are not supported',
		},
	},
);

/** Of a rule that denies: nothing of layer 7. */
export const deniedPorts: Check<readonly CiliumPortRule[]> = list(
	object(
		{ ports: optional(ciliumPorts) },
		{
			refused: {
				rules: 'what denies a port denies all of it',
				serverNames: 'what denies a port denies all of it',
			},
		},
	),
);

export function allowedPorts(way: Way): Check<readonly CiliumPortRule[]> {
	return list(
		refine(fields, (found, place) => {
			const { ports, rules, serverNames } = found;
			const names = serverNames === undefined || serverNames.length === 0 ? {} : { serverNames };
			const inspects = rules?.http !== undefined || rules?.dns !== undefined;
			const rule: CiliumPortRule = { ...(ports && { ports }), ...(inspects && { rules }), ...names };
			return checkInspection(rule, way, place) ? rule : undefined;
		}),
	);
}

function checkInspection(rule: CiliumPortRule, way: Way, { path, report }: Place): boolean {
	const before = report.count;
	const { rules, serverNames } = rule;
	const kinds = [rules?.http && 'rules.http', rules?.dns && 'rules.dns', serverNames && 'serverNames'];
	const [first, ...more] = kinds.filter((kind) => kind !== undefined);
	if (first === undefined) {
		return true;
	}
	if (more.length > 0) {
		report.refuse(path, `found ${[first, ...more].join(' and ')}, expected one of them`);
	}
	if (rules?.dns !== undefined && way === 'ingress') {
		report.refuse([...path, 'rules', 'dns'], 'unsupported on ingress, expected on egress only');
	}
	if ((rule.ports ?? []).length === 0) {
		report.refuse([...path, 'ports'], `missing, expected at least one port with ${first}`);
	}
	rule.ports?.forEach((port, i) => checkInspected(port, rule, first, { path: [...path, 'ports', i], report }));
	return report.count === before;
}

function checkInspected(port: CiliumPort, { rules }: CiliumPortRule, kind: string, { path, report }: Place): void {
	const protocols = rules?.dns !== undefined ? ['any', TCP, UDP] : rules?.http !== undefined ? [TCP] : ['any', TCP];
	if (!protocols.includes(port.protocol)) {
		const expected = { 'rules.http': 'TCP', 'rules.dns': 'UDP, TCP or ANY' }[kind] ?? 'TCP or ANY';
		report.wrong([...path, 'protocol'], NAMES.get(port.protocol), `${expected} with ${kind}`);
	}
	if (port.port === 0) {
		report.wrong([...path, 'port'], 0, `a port with ${kind}`);
	}
	if (rules?.dns !== undefined && port.endPort !== undefined && port.endPort !== port.port) {
		report.wrong([...path, 'endPort'], port.endPort, 'no range with rules.dns');
	}
}

const NAMES = new Map<number | 'any', string>([
	['any', 'ANY'],
	[TCP, 'TCP'],
	[UDP, 'UDP'],
	[SCTP, 'SCTP'],
]);

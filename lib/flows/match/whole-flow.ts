import { dropReasonNames } from '../../abi/generated.js';
import { invalidArgument } from '../../errors.js';
import type { FlowPredicate } from '../filter.js';
import { l7Of } from '../l7.js';
import { readEventType } from './event-type.js';

/** Reads a value of a flag. @throws ERR_INVALID_ARGUMENT naming the flag */
export type FlowTestReader = (value: string, flag: string) => FlowPredicate;

/** Flags that look at the flow as a whole. */
export const FLOW_TESTS = {
	protocol: readProtocol,
	verdict: readVerdict,
	type: readEventType,
	'drop-reason-desc': readDropReason,
	'traffic-direction': readDirection,
	network: (value) => (flow) => flow.network === value,
	'http-status': readStatus,
	'http-method': (value) => (flow) => l7Of(flow)?.http?.method?.toUpperCase() === value.toUpperCase(),
	'http-path': readPath,
} as const satisfies Readonly<Record<string, FlowTestReader>>;

const L4_PROTOCOLS = ['tcp', 'udp', 'sctp', 'icmp', 'icmpv4', 'icmpv6'];
const L7_PROTOCOLS = ['http', 'dns', 'kafka'] as const;

function readProtocol(value: string, flag: string): FlowPredicate {
	const wanted = oneOf(value.toLowerCase(), [...L4_PROTOCOLS, ...L7_PROTOCOLS], value, flag);
	const l7 = L7_PROTOCOLS.find((name) => name === wanted);
	if (l7 !== undefined) {
		return (flow) => l7Of(flow)?.[l7] !== undefined;
	}
	return (flow) => {
		const found = flow.l4?.protocol.toLowerCase();
		return found === wanted || (wanted === 'icmp' && (found === 'icmpv4' || found === 'icmpv6'));
	};
}

const VERDICTS = ['FORWARDED', 'DROPPED', 'AUDIT', 'REDIRECTED', 'ERROR', 'TRACED', 'TRANSLATED'];

function readVerdict(value: string, flag: string): FlowPredicate {
	const wanted = oneOf(value.toUpperCase(), VERDICTS, value, flag);
	return (flow) => flow.verdict === wanted;
}

function readDropReason(value: string, flag: string): FlowPredicate {
	const wanted = oneOf(value.toUpperCase(), Object.values(dropReasonNames), value, flag);
	return (flow) => flow.dropReason?.name === wanted;
}

const DIRECTIONS: Readonly<Record<string, string>> = {
	ingress: 'INGRESS',
	egress: 'EGRESS',
	unknown: 'TRAFFIC_DIRECTION_UNKNOWN',
};

function readDirection(value: string, flag: string): FlowPredicate {
	const wanted = DIRECTIONS[oneOf(value.toLowerCase(), Object.keys(DIRECTIONS), value, flag)];
	return (flow) => flow.trafficDirection === wanted;
}

/** `404`, or what it begins with: `5+`, `40+`. */
function readStatus(value: string, flag: string): FlowPredicate {
	if (!/^[1-5](\d{2}|\d?\+)$/.test(value)) {
		throw invalidArgument(flag, value, "a status such as '404', or a prefix such as '5+'");
	}
	const prefix = value.replace('+', '');
	return (flow) => String(l7Of(flow)?.http?.code ?? '').startsWith(prefix);
}

function readPath(value: string, flag: string): FlowPredicate {
	const wanted = expression(value, flag);
	return (flow) => {
		const url = l7Of(flow)?.http?.url;
		return url !== undefined && wanted.test(pathOf(url));
	};
}

function expression(value: string, flag: string): RegExp {
	try {
		return new RegExp(value, 'u');
	} catch {
		throw invalidArgument(flag, value, "a regular expression such as '/page/\\d+'");
	}
}

function pathOf(url: string): string {
	return URL.canParse(url, 'http://host') ? new URL(url, 'http://host').pathname : url;
}

export function oneOf(value: string, known: readonly string[], found: string, flag: string): string {
	if (!known.includes(value)) {
		throw invalidArgument(flag, found, `one of ${known.join(', ')}`);
	}
	return value;
}

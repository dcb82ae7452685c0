import { dropReasonNames } from '../../abi/generated.js';
import { invalidArgument } from '../../errors.js';
import { isProtocol } from '../filter.js';
import type { FlowPredicate } from '../filter.js';
import type { FlowHttpHeader } from '../l7.js';
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
	'http-method': (value) => (flow) => flow.l7?.http?.method.toUpperCase() === value.toUpperCase(),
	'http-path': readPath,
	'http-url': readUrl,
	'http-header': readHeader,
	'dns-query': readQuery,
} as const satisfies Readonly<Record<string, FlowTestReader>>;

const L4_PROTOCOLS = ['tcp', 'udp', 'sctp', 'icmp', 'icmpv4', 'icmpv6'];
/** 'kafka' is known, and never seen. */
const L7_PROTOCOLS = ['http', 'dns', 'kafka'];

function readProtocol(value: string, flag: string): FlowPredicate {
	const wanted = oneOf(value.toLowerCase(), [...L4_PROTOCOLS, ...L7_PROTOCOLS], value, flag);
	return (flow) => isProtocol(flow, wanted);
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
	return (flow) => String(flow.l7?.http?.code ?? 0).startsWith(prefix);
}

function readPath(value: string, flag: string): FlowPredicate {
	const wanted = expression(value, flag);
	return (flow) => {
		const url = flow.l7?.http?.url;
		return url !== undefined && wanted.test(pathOf(url));
	};
}

function readUrl(value: string, flag: string): FlowPredicate {
	const wanted = expression(value, flag);
	return ({ l7 }) => l7?.http !== undefined && wanted.test(l7.http.url);
}

/** `X-Trace:12`; the value may have colons. */
function readHeader(value: string, flag: string): FlowPredicate {
	const [, name, wanted] = /^([^:]+):(.*)$/s.exec(value) ?? [];
	if (name === undefined) {
		throw invalidArgument(flag, value, "a header such as 'Content-Type:text/html'");
	}
	const isWanted = (one: FlowHttpHeader) => one.key.toLowerCase() === name.toLowerCase() && one.value === wanted;
	return ({ l7 }) => l7?.http?.headers.some(isWanted) ?? false;
}

function readQuery(value: string, flag: string): FlowPredicate {
	const wanted = expression(value, flag);
	return ({ l7 }) => l7?.dns !== undefined && wanted.test(l7.dns.query);
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

import { invalidArgument } from '../../errors.js';
import type { FlowMessage } from '../messages/flow-message.js';
import type { FlowFilterMessage, GetFlowsRequest } from '../messages/requests.js';
import { addressTests } from './addresses.js';
import { endTests } from './end-filter.js';
import { DESTINATION, SOURCE } from './ends.js';
import { eventTests } from './events.js';
import { httpTests } from './http.js';
import { labelTests } from './labels.js';
import { nodePattern } from './name-patterns.js';
import { protocolTests, tcpFlagTests } from './protocols.js';
import { oneOf } from './test.js';
import type { FilterTools, Test } from './test.js';

const MOST_FILTERS = 1024;

/**
 * Flows of the whitelist, of all where there is none, without those of the blacklist; undefined where every flow is.
 * @throws ERR_INVALID_ARGUMENT naming the field
 */
export function compileFilters(
	{ whitelist, blacklist }: Pick<GetFlowsRequest, 'whitelist' | 'blacklist'>,
	tools: FilterTools,
): Test | undefined {
	const wanted = compileList(whitelist, 'whitelist', tools);
	const unwanted = compileList(blacklist, 'blacklist', tools);
	if (wanted.length === 0 && unwanted.length === 0) {
		return undefined;
	}
	return (flow) => (wanted.length === 0 || wanted.some((test) => test(flow))) && !unwanted.some((test) => test(flow));
}

function compileList(filters: readonly FlowFilterMessage[], field: string, tools: FilterTools): readonly Test[] {
	if (filters.length > MOST_FILTERS) {
		throw invalidArgument(field, filters.length, `at most ${MOST_FILTERS} filters`);
	}
	return filters.map((filter, i) => compileFilter(filter, `${field}[${i}]`, tools));
}

function compileFilter(filter: FlowFilterMessage, field: string, tools: FilterTools): Test {
	refuseCel(filter, field);
	const tests = [
		...eventTests(filter, field, tools),
		...protocolTests(filter.protocol, `${field}.protocol`),
		...endTests(filter, field, SOURCE, tools),
		...endTests(filter, field, DESTINATION, tools),
		...addressTests(filter.source_ip_xlated, `${field}.source_ip_xlated`, (flow) => flow.IP?.source_xlated),
		...tcpFlagTests(filter.tcp_flags, `${field}.tcp_flags`),
		...oneOf(filter.node_name, `${field}.node_name`, (text, at) => nodeTest(nodePattern(text, at, tools))),
		...labelTests(filter.node_labels, `${field}.node_labels`, (flow) => flow.node_labels),
		...httpTests(filter, field, tools),
		...oneOf(filter.dns_query, `${field}.dns_query`, (text, at) => dnsTest(tools.regular(text, at))),
	];
	return (flow) => tests.every((test) => test(flow));
}

function nodeTest(matches: (name: string) => boolean): Test {
	return (flow) => matches(fullNodeName(flow));
}

function fullNodeName({ node_name: name = '' }: FlowMessage): string {
	return (name.includes('/') ? name : `default/${name}`).toLowerCase();
}

function dnsTest(matches: (text: string) => boolean): Test {
	return ({ l7 }) => l7?.dns?.query !== undefined && matches(l7.dns.query);
}

/** Left out, it would let flows through that the client does not want. */
function refuseCel({ experimental }: FlowFilterMessage, field: string): void {
	const found = experimental?.cel_expression ?? [];
	if (found.length > 0) {
		throw invalidArgument(`${field}.experimental.cel_expression`, found[0], 'none: CEL is not supported');
	}
}

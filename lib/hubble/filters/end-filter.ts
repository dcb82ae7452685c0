import { invalidArgument } from '../../errors.js';
import type { FlowMessage, WorkloadMessage } from '../messages/flow-message.js';
import type { FlowFilterMessage } from '../messages/requests.js';
import { addressTests } from './addresses.js';
import type { End } from './ends.js';
import { labelTests } from './labels.js';
import { namePattern } from './name-patterns.js';
import { namespacedNameTests } from './namespaced-names.js';
import { among, notEmpty, oneOf } from './test.js';
import type { FilterTools, Test } from './test.js';

/** What a filter asks of one end. */
export function endTests(filter: FlowFilterMessage, field: string, end: End, tools: FilterTools): readonly Test[] {
	const wanted = end.filter(filter);
	const at = (name: keyof typeof wanted) => `${field}.${end.name}_${name}`;
	return [
		...addressTests(wanted.ip, at('ip'), end.ip),
		...namespacedNameTests(wanted.pod, at('pod'), (flow) => podOf(flow, end)),
		...namespacedNameTests(wanted.service, at('service'), end.service),
		...oneOf(wanted.fqdn, at('fqdn'), (text, where) => fqdnTest(namePattern(text, where, tools), end)),
		...labelTests(wanted.label, at('label'), (flow) => end.endpoint(flow)?.labels),
		...oneOf(wanted.workload, at('workload'), (workload) => workloadTest(workload, end)),
		...among(
			wanted.cluster_name,
			(flow) => end.endpoint(flow)?.cluster_name,
			(name, i) => notEmpty(name, `${at('cluster_name')}[${i}]`),
		),
		...among(wanted.identity, (flow) => end.endpoint(flow)?.identity),
		...among(portNumbers(wanted.port, at('port')), end.port),
	];
}

function podOf(flow: FlowMessage, end: End) {
	const found = end.endpoint(flow);
	return found === undefined ? undefined : { namespace: found.namespace, name: found.pod_name };
}

function fqdnTest(matches: (name: string) => boolean, end: End): Test {
	return (flow) => end.names(flow)?.some(matches) ?? false;
}

function workloadTest({ name, kind }: WorkloadMessage, end: End): Test {
	return (flow) =>
		end.endpoint(flow)?.workloads?.some((one) => (!name || name === one.name) && (!kind || kind === one.kind)) ?? false;
}

function portNumbers(texts: readonly string[], field: string): number[] {
	return texts.map((text, i) => {
		const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
		if (port < 0 || port > 65_535) {
			throw invalidArgument(`${field}[${i}]`, text, 'a port from 0 to 65535');
		}
		return port;
	});
}

import { isMapping, list, object, optional, record, required, type Check } from '../../documents/check.js';
import { createReport, throwIssues } from '../../documents/issue.js';
import { boolean, integer, oneOf, string } from '../../documents/scalars.js';
import type { PodRequest } from '../../pods/pod-request.js';
import { parseJson } from './body.js';

const text = string();
const texts = record(string(), text);

const network: Check<string | object> = (value, place) =>
	isMapping(value)
		? object({
				network: required(text),
				interface: optional(text),
				ips: optional(list(text)),
				mac: optional(text),
				defaultRoute: optional(list(text)),
			})(value, place)
		: text(value, place);

const port = object({
	name: required(text),
	protocol: optional(oneOf('tcp', 'udp', 'sctp')),
	port: required(integer(1, 65_535)),
});

const pod = object({
	namespace: required(text),
	name: required(text),
	labels: optional(texts),
	annotations: optional(texts),
	serviceAccount: optional(text),
	namedPorts: optional(list(port)),
});

const podRequest = object({
	id: optional(text),
	netns: required(text),
	pod: required(pod),
	networks: optional(list(network)),
	sticky: optional(boolean),
});

const oneId = object({ id: required(text) });
const keep = object({ keep: required(list(text)) });

/* All of them: @throws ERR_DECODE, PolicyError with every issue */
export const readPodRequest = (body: string) => readRequest(podRequest as Check<PodRequest>, body);
export const readId = (body: string) => readRequest(oneId, body).id;
export const readKeep = (body: string) => readRequest(keep, body).keep;

/** @throws ERR_DECODE, PolicyError with every issue */
export function readRequest<T>(check: Check<T>, body: string): T {
	const report = createReport('the request', { index: 0, locate: () => undefined });
	const found = check(parseJson(body), { path: [], report });
	throwIssues(report.issues);
	return found!;
}

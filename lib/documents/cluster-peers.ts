import { cidr } from './cidrs.js';
import { listOf, object, optional, required, refine, type Check } from './check.js';
import type { ClusterPeer, ClusterSubject } from './cluster-network-policy.js';
import { oneKnown } from './cluster-unknown.js';
import { labelSelector } from './label-selector.js';
import { string } from './scalars.js';

const MOST = 25;

const pods = refine(
	object({ namespaceSelector: optional(labelSelector), podSelector: required(labelSelector) }),
	({ namespaceSelector = {}, podSelector }) => ({ namespaceSelector, podSelector }),
);

const domainName = string(
	/^(\*\.)?([a-z0-9]([-a-z0-9_]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9_]*[a-z0-9])?\.?$/i,
	'a domain name, or one after *.',
	255,
);

const subjectFields = { namespaces: optional(labelSelector), pods: optional(pods) };
const egressFields = {
	...subjectFields,
	nodes: optional(labelSelector),
	networks: optional(setOf(cidr)),
	domainNames: optional(setOf(domainName)),
};

export const clusterSubject: Check<ClusterSubject> = oneKnown(
	Object.keys(subjectFields),
	'subject',
	object(subjectFields),
);
export const ingressPeer: Check<ClusterPeer> = oneKnown(Object.keys(subjectFields), 'peer', object(subjectFields));
export const egressPeer: Check<ClusterPeer> = oneKnown(Object.keys(egressFields), 'peer', object(egressFields));

/** One to 25, each once. */
function setOf(check: Check<string>): Check<readonly string[]> {
	const items = listOf(check, 1, MOST);
	return (value, place) => {
		const written: readonly unknown[] = Array.isArray(value) ? value : [];
		const twice = written.findIndex((item, i) => written.indexOf(item) < i);
		if (twice !== -1) {
			place.report.wrong([...place.path, twice], written[twice], 'each once');
		}
		const found = items(value, place);
		return found === undefined || twice !== -1 ? undefined : [...new Set(found)];
	};
}

import { cidr } from './cidrs.js';
import { listOf, object, optional, required, refine, type Check, type Place } from './check.js';
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
	return refine(listOf(check, 1, MOST), (found: readonly string[], { path, report }: Place) => {
		const twice = found.findIndex((item, i) => found.indexOf(item) < i);
		return twice === -1 ? found : report.wrong([...path, twice], found[twice], 'each once');
	});
}

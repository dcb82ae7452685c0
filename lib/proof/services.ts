import type { CiliumService } from '../documents/cilium-rule.js';
import { createLabelSet } from '../labels/label-set.js';
import type { PolicyService } from '../rules/context.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { allHold, askedByCilium, askedByKubernetes } from './label-asking.js';
import { liesIn, POD_NAMESPACE, valueOf } from './whereabouts.js';

/** Whether a peer is behind one of the services that are meant. Services that nobody knows have nobody behind them. */
export function isBehind(peer: PolicyIdentity, meant: CiliumService, services: readonly PolicyService[]): boolean {
	return services.some((service) => means(meant, service) && serves(service, peer));
}

/** Without a namespace, services of every namespace are meant. */
function means({ k8sService, k8sServiceSelector }: CiliumService, service: PolicyService): boolean {
	const namespace = (k8sService ?? k8sServiceSelector)?.namespace;
	if (namespace !== undefined && namespace !== '' && namespace !== service.namespace) {
		return false;
	}
	if (k8sService !== undefined) {
		return k8sService.serviceName === service.name;
	}
	return k8sServiceSelector !== undefined && hasLabels(service, k8sServiceSelector.selector);
}

/** Sources say nothing here: all labels of a service are those of its object. */
function hasLabels(service: PolicyService, selector: Parameters<typeof askedByCilium>[0]): boolean {
	const labels = Object.entries(service.labels).map(([key, value]) => ({ source: 'k8s', key, value }));
	const asked = askedByCilium(selector).map((one) => ({ ...one, source: 'any' }));
	return allHold(asked, createLabelSet(labels));
}

/** The pods that a selector names; without one, the addresses of the backends, as blocks of one address each. */
function serves({ namespace, selector = {}, addresses }: PolicyService, peer: PolicyIdentity): boolean {
	if (Object.keys(selector).length === 0) {
		return addresses.some((address) => liesIn(peer, { cidr: address }, 'none'));
	}
	const asked = askedByKubernetes({ matchLabels: selector }, 'k8s');
	return valueOf(peer.labels, 'k8s', POD_NAMESPACE) === namespace && allHold(asked, peer.labels);
}

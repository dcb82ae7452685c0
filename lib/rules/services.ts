import { parsePrefix } from '../addresses/prefix.js';
import type { CiliumService } from '../documents/cilium-rule.js';
import { namespaceOf, specsOf } from '../documents/document.js';
import type { EndpointSlice, HeddleDocument, PolicyDocument, Service } from '../documents/document.js';
import { createLabelSet } from '../labels/label-set.js';
import { SOURCE_ANY, SOURCE_K8S } from '../labels/label.js';
import { createSelector, fromRequirements } from '../labels/selector.js';
import type { PolicyService } from './context.js';
import { byCidr, byLabels, type IdentitySelector } from './identity-selector.js';
import { podsOf } from './places.js';

const SERVICE_OF = 'kubernetes.io/service-name';

/** The backends of the services that are meant: pods by label, or addresses. Nobody of services that nobody knows. */
export function backendsOf(meant: CiliumService, services: Iterable<PolicyService>): IdentitySelector[] {
	return [...services].filter((service) => means(meant, service)).flatMap(backends);
}

/** Without a namespace, services of every namespace are meant. */
function means({ k8sService, k8sServiceSelector }: CiliumService, service: PolicyService): boolean {
	const namespace = (k8sService ?? k8sServiceSelector)?.namespace ?? '';
	if (namespace !== '' && namespace !== service.namespace) {
		return false;
	}
	if (k8sService !== undefined) {
		return k8sService.serviceName === service.name;
	}
	const labels = Object.entries(service.labels).map(([key, value]) => ({ source: SOURCE_K8S, key, value }));
	const { requirements } = createSelector(k8sServiceSelector?.selector ?? {});
	return fromRequirements(requirements.map((one) => ({ ...one, source: SOURCE_ANY }))).matches(createLabelSet(labels));
}

function backends({ namespace, selector = {}, addresses }: PolicyService): IdentitySelector[] {
	return Object.keys(selector).length > 0
		? [byLabels(fromRequirements(podsOf({ matchLabels: selector }, namespace)))]
		: addresses.map((address) => byCidr(parsePrefix(address)!));
}

/** Whether what a document says depends on what services there are. */
export function asksServices(document: PolicyDocument): boolean {
	return (
		(document.kind === 'CiliumNetworkPolicy' || document.kind === 'CiliumClusterwideNetworkPolicy') &&
		specsOf(document).some(({ spec: { egress = [], egressDeny = [] } }) =>
			[...egress, ...egressDeny].some(({ toServices }) => toServices !== undefined),
		)
	);
}

/** Services as documents describe them. */
export function servicesOf(documents: Iterable<HeddleDocument>): PolicyService[] {
	const all = [...documents];
	const addresses = addressesByService(all);
	return all
		.filter((document): document is Service => document.kind === 'Service')
		.map((service) => {
			const { name, labels = {} } = service.metadata;
			const namespace = namespaceOf(service);
			const { selector } = service.spec;
			return {
				namespace,
				name,
				labels,
				...(selector === undefined ? {} : { selector }),
				addresses: [...(addresses.get(`${namespace}/${name}`) ?? [])],
			};
		});
}

/** `namespace/name` of the service that a slice is of. */
export function serviceOf(slice: EndpointSlice): string {
	return `${namespaceOf(slice)}/${slice.metadata.labels?.[SERVICE_OF]}`;
}

function addressesByService(documents: readonly HeddleDocument[]): Map<string, Set<string>> {
	const found = new Map<string, Set<string>>();
	for (const document of documents) {
		if (document.kind === 'EndpointSlice' && document.addressType !== 'FQDN') {
			const key = serviceOf(document);
			const addresses = found.get(key) ?? new Set();
			found.set(key, addresses);
			document.endpoints.flatMap((endpoint) => endpoint.addresses).forEach((address) => addresses.add(address));
		}
	}
	return found;
}

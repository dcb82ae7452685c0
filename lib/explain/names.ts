import type { LabelSet } from '../labels/label-set.js';
import { formatLabel, SOURCE_CNI, SOURCE_K8S, SOURCE_RESERVED } from '../labels/label.js';
import {
	CLUSTER_LABEL,
	NAMESPACE_LABEL,
	NAMESPACE_META_PREFIX,
	NETWORK_LABEL,
	SERVICE_ACCOUNT_LABEL,
} from '../labels/pod-labels.js';
import { prefixOf, SOURCE_FQDN } from '../rules/identity-selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';

/** Labels that every pod has, or that the rest of the name tells. */
const IMPLIED = [NAMESPACE_META_PREFIX, CLUSTER_LABEL, SERVICE_ACCOUNT_LABEL, NAMESPACE_LABEL, NETWORK_LABEL];

/** Short, for people: `default/app=client @jupiter`, `host`, `10.0.0.0/8`, `example.com`. */
export function nameOf({ id, labels }: Pick<PolicyIdentity, 'id' | 'labels'>): string {
	return outsideName(labels) ?? reservedName(labels) ?? endpointName(labels) ?? `identity ${id}`;
}

function outsideName(labels: LabelSet): string | undefined {
	const names = labels.labels.filter(({ source }) => source === SOURCE_FQDN).map(({ key }) => key);
	const block = prefixOf(labels)?.text;
	if (block === undefined) {
		return names.length === 0 ? undefined : names.join('+');
	}
	return names.length === 0 ? block : `${names.join('+')} (${block})`;
}

function reservedName(labels: LabelSet): string | undefined {
	const names = labels.labels.filter(({ source }) => source === SOURCE_RESERVED).map(({ key }) => key);
	return names.length === 0 ? undefined : names.join('+');
}

function endpointName(labels: LabelSet): string | undefined {
	const namespace = labels.get(SOURCE_K8S, NAMESPACE_LABEL);
	const telling = labels.labels.filter(({ key }) => !IMPLIED.some((prefix) => key.startsWith(prefix)));
	const own = telling.map((label) =>
		label.source === SOURCE_K8S ? `${label.key}=${label.value}` : formatLabel(label),
	);
	const network = labels.get(SOURCE_CNI, NETWORK_LABEL);
	if (namespace === undefined && own.length === 0) {
		return undefined;
	}
	const where = namespace === undefined ? '' : `${namespace}/`;
	return `${where}${own.length === 0 ? '(no labels)' : own.join(',')}${network === undefined ? '' : ` @${network}`}`;
}

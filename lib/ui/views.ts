import { stringify } from 'yaml';
import { documentName } from '../documents/document.js';
import { HeddleError } from '../errors.js';
import { formatExplanation } from '../explain/format.js';
import { nameOf } from '../explain/names.js';
import { createLabelSet } from '../labels/label-set.js';
import type { EndpointRef } from '../datapath/explain-policies.js';
import type { EndpointId, Protocol } from '../datapath/types.js';
import type { UiSource } from './source.js';
import type { WireEndpoint, WireExplanation, WirePolicy } from './wire.js';

export function endpointsView({ endpoints }: UiSource): WireEndpoint[] {
	return Array.from(endpoints.values(), (one) => ({
		id: one.id,
		name: one.name,
		...(one.pod === undefined ? {} : { pod: `${one.pod.namespace}/${one.pod.name}` }),
		network: one.network.name,
		interface: one.interface.name,
		addresses: one.addresses,
		identity: one.identity.id,
		labels: Object.entries(one.identity.labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`)),
		enforced: one.enforced,
		audit: one.audit,
	}));
}

export function policiesView({ policies }: UiSource): WirePolicy[] {
	return Array.from(policies, (document) => ({
		name: documentName(document),
		kind: document.kind,
		yaml: stringify(document, { lineWidth: 0 }),
	}));
}

/** `?from=endpoint:1&to=address:10.0.0.2@blue&protocol=tcp&port=80` @throws as `policies.explain`, ERR_INVALID_ARGUMENT */
export function explainView(source: UiSource, query: URLSearchParams): WireExplanation {
	const protocol = query.get('protocol') ?? '';
	const explanation = source.policies.explain({
		from: endOf(source, 'from', query.get('from') ?? ''),
		to: endOf(source, 'to', query.get('to') ?? ''),
		protocol: (/^\d+$/.test(protocol) ? Number(protocol) : protocol.toLowerCase()) as Protocol,
		port: Number(query.get('port') ?? 0),
	});
	const names = new Map(Array.from(source.endpoints.values(), ({ identity, name }) => [Number(identity.id), name]));
	const ends = new Map([explanation.from, explanation.to].map((end) => [end.identity, end.labels]));
	const text = formatExplanation(explanation, {
		nameOf: (id) => names.get(id) ?? nameOf({ id, labels: createLabelSet(ends.get(id) ?? []) }),
	});
	return { explanation, text };
}

/** `endpoint:7`, `identity:256`, `address:10.0.0.1@blue`, or a name. */
function endOf(source: UiSource, field: string, text: string): EndpointRef {
	const [, kind, rest = ''] = /^(endpoint|identity|address):(.+)$/.exec(text) ?? [];
	if (kind === 'address') {
		const [address = '', network = 'default'] = rest.split('@');
		return { address, network };
	}
	if (kind === 'identity' && /^\d+$/.test(rest)) {
		return Number(rest);
	}
	if (kind !== 'endpoint') {
		return text;
	}
	const endpoint = source.endpoints.get(Number(rest) as EndpointId);
	if (endpoint === undefined) {
		throw new HeddleError('ERR_NOT_FOUND', `${field}: found no endpoint ${rest}, expected one that is attached`, {
			field,
			found: text,
		});
	}
	return endpoint as EndpointRef;
}

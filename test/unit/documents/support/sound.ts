import { parsePrefix } from '../../../../lib/addresses/prefix.js';
import { ENTITIES } from '../../../../lib/documents/cilium-rule.js';
import type { HeddleDocument } from '../../../../lib/documents/document.js';

type Test = (value: unknown, box: Readonly<Record<string, unknown>>) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isCidr: Test = (value) => typeof value === 'string' && parsePrefix(value)?.text === value;
const eachOf =
	(test: Test): Test =>
	(value, box) =>
		Array.isArray(value) && value.every((item) => test(item, box));
const oneOf =
	(...values: readonly unknown[]): Test =>
	(value) =>
		values.includes(value);
const within =
	(least: number, most: number): Test =>
	(value) =>
		Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isPortName: Test = (value) =>
	typeof value === 'string' && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(value) && value.length <= 15;
const isEntities = eachOf(oneOf(...ENTITIES));

/** What the types of documents promise of each field, wherever it is. */
const FIELDS: Readonly<Record<string, Test>> = {
	name: isText,
	port: (value, box) => within(0, 65_535)(value, box) || isPortName(value, box),
	containerPort: within(1, 65_535),
	endPort: (value, { port }) => within(1, 65_535)(value, {}) && typeof port === 'number' && (value as number) >= port,
	protocol: oneOf(6, 17, 132, 'any', 'TCP', 'UDP', 'SCTP'),
	type: within(0, 255),
	family: oneOf('IPv4', 'IPv6'),
	cidr: isCidr,
	except: eachOf((value, box) => isCidr(value, box)),
	networks: eachOf(isCidr),
	fromCIDR: eachOf(isCidr),
	toCIDR: eachOf(isCidr),
	fromEntities: isEntities,
	toEntities: isEntities,
	operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'),
	values: eachOf(isText),
	matchLabels: (value) => Object.values(value as object).every((item) => typeof item === 'string'),
	policyTypes: (value, box) => eachOf(oneOf('Ingress', 'Egress'))(value, box) && (value as unknown[]).length > 0,
	priority: within(0, 1000),
	number: within(1, 65_535),
	start: (value, { end }) => within(1, 65_534)(value, {}) && (value as number) < (end as number),
	tier: oneOf('Admin', 'Baseline'),
	action: oneOf('Accept', 'Deny', 'Pass'),
	mode: oneOf('disabled', 'required', 'test-always-fail', 'multi-pool'),
	addressType: oneOf('IPv4', 'IPv6', 'FQDN'),
};

/** Where a document that was let through is not what its type says. */
export function unsoundIn({ source: _, ...document }: HeddleDocument): string[] {
	return walk(document, '');
}

function walk(value: unknown, path: string): string[] {
	if (typeof value !== 'object' || value === null) {
		return ['string', 'number', 'boolean'].includes(typeof value) ? [] : [`${path} is ${String(value)}`];
	}
	const prototype: unknown = Object.getPrototypeOf(value);
	const odd = [null, Object.prototype, Array.prototype].includes(prototype as null) ? [] : [`${path} has a prototype`];
	const within = Object.entries(value).flatMap(([key, item]) => {
		const test = isOfDocument(path, value) && Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
		const wrong = test !== undefined && !test(item, value as Record<string, unknown>);
		return [...(wrong ? [`${path}.${key} is ${JSON.stringify(item)}`] : []), ...walk(item, `${path}.${key}`)];
	});
	return [...odd, ...within];
}

/** Labels and annotations are named by the user. */
function isOfDocument(path: string, value: object): boolean {
	return !Array.isArray(value) && !/\.(matchLabels|labels|annotations|selector)$/.test(path);
}

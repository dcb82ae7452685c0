import { invalidArgument } from '../errors.js';

/** A label with where it comes from: `k8s:app=client`, `cni:...`, `reserved:host`. */
export interface Label {
	readonly source: string;
	readonly key: string;
	readonly value: string;
}

export const SOURCE_ANY = 'any';
export const SOURCE_K8S = 'k8s';
export const SOURCE_CNI = 'cni';
export const SOURCE_RESERVED = 'reserved';
/** Of labels that name no source. */
export const SOURCE_UNSPECIFIED = 'unspec';

const SOURCE = /^[a-z][a-z0-9-]*$/;

/** A key with its source, `source:key`; `otherwise` where none is named. */
export function parseLabelKey(text: string, otherwise: string): { source: string; key: string } {
	const colon = text.indexOf(':');
	const source = text.slice(0, Math.max(colon, 0));
	return colon > 0 && SOURCE.test(source) ? { source, key: text.slice(colon + 1) } : { source: otherwise, key: text };
}

/** `source:key=value`. Without `=` the value is empty. @throws ERR_INVALID_ARGUMENT where there is no key */
export function parseLabel(text: string, otherwise = SOURCE_UNSPECIFIED): Label {
	const equals = text.indexOf('=');
	const name = equals === -1 ? text : text.slice(0, equals);
	const { source, key } = parseLabelKey(name, otherwise);
	if (key === '') {
		throw invalidArgument('label', text, 'source:key=value');
	}
	return { source, key, value: equals === -1 ? '' : text.slice(equals + 1) };
}

/** What {@link parseLabel} reads; without `=` where the value is empty. */
export function formatLabel({ source, key, value }: Label): string {
	return value === '' ? `${source}:${key}` : `${source}:${key}=${value}`;
}

export function compareLabels(a: Label, b: Label): number {
	return compareText(a.source, b.source) || compareText(a.key, b.key) || compareText(a.value, b.value);
}

// By code unit: the order must not depend on the machine's locale.
function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

import { parsePrefix } from '../addresses/prefix.js';
import { parseLabelKey, SOURCE_ANY, SOURCE_RESERVED } from '../labels/label.js';
import { NAMESPACE_META_PREFIX } from '../labels/pod-labels.js';
import type { Check } from './check.js';
import { NAME, NAME_LENGTH } from './names.js';
import { string } from './scalars.js';

const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const NAME_PART_LENGTH = 63;
const SOURCE_CIDR = 'cidr';

export const labelValue = string(
	/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
	'a label value: a string of at most 63 letters, digits, -, _ and .',
	NAME_PART_LENGTH,
);

/** As Kubernetes has it. */
export const labelKey: Check<string> = (value, { path, report }) =>
	typeof value === 'string' && isLabelKey(value) ? value : report.wrong(path, value, 'a label key: [prefix/]name');

/**
 * As Cilium has it: with the source that the label comes from before a colon, `k8s:app`, `reserved:host`,
 * `cidr:10.0.0.0/8`. `$host` and `reserved.host` are other ways to write `reserved:host`.
 */
export const sourceLabelKey: Check<string> = (value, { path, report }) => {
	const text = typeof value === 'string' ? canonical(value) : undefined;
	return text ?? report.wrong(path, value, 'a label key: [source:][prefix/]name');
};

function canonical(text: string): string | undefined {
	const written = text.replace(/^(\$|reserved\.)/, `${SOURCE_RESERVED}:`);
	const { source, key } = parseLabelKey(written, SOURCE_ANY);
	if (source === SOURCE_CIDR) {
		// Cilium writes the colons of IPv6 as dashes.
		const prefix = parsePrefix(key) ?? parsePrefix(key.replaceAll('-', ':'));
		return prefix === undefined ? undefined : `${SOURCE_CIDR}:${prefix.text}`;
	}
	return isLabelKey(key) ? written : undefined;
}

function isLabelKey(text: string): boolean {
	// Labels of namespaces are as long as any, and stand behind this.
	const key = text.startsWith(NAMESPACE_META_PREFIX) ? text.slice(NAMESPACE_META_PREFIX.length) : text;
	const slash = key.indexOf('/');
	const prefix = slash === -1 ? undefined : key.slice(0, slash);
	const name = key.slice(slash + 1);
	return (
		name.length <= NAME_PART_LENGTH &&
		NAME_PART.test(name) &&
		(prefix === undefined || (prefix.length <= NAME_LENGTH && NAME.test(prefix)))
	);
}

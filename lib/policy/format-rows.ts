import type { LabelSet } from '../labels/label-set.js';
import { formatLabel } from '../labels/label.js';
import { CLUSTER_LABEL, NAMESPACE_LABEL, NAMESPACE_META_PREFIX, SERVICE_ACCOUNT_LABEL } from '../labels/pod-labels.js';
import type { SubjectPolicy } from './compile-documents.js';
import { formatOrigin, type Origins } from '../rules/origins.js';
import { protocolName } from './protocols.js';
import { FIRST_PORT, LAST_PORT, type DefaultVerdict, type RuleRow } from './row.js';

/** Labels that every pod has, or that follow from others: in a line they hide what tells identities apart. */
const IMPLIED = [NAMESPACE_META_PREFIX, CLUSTER_LABEL, SERVICE_ACCOUNT_LABEL, NAMESPACE_LABEL];

/** Rows as text for people: one line each, in one order, with where they come from; then who the numbers are. */
export function formatRows(
	subjects: Iterable<SubjectPolicy>,
	labelsOf: (identity: number) => LabelSet | undefined,
	origins: Origins,
): string {
	const named = new Set<number>();
	const name = (identity: number) => {
		named.add(identity);
		return `${identity} (${shortLabels(labelsOf(identity))})`;
	};
	const sections = [...subjects]
		.sort((a, b) => a.identity - b.identity)
		.map((subject) => {
			const rows = subject.rows.map((row) => formatRow(row, name, origins)).sort();
			return [`subject ${name(subject.identity)}`, formatDefaults(subject), ...rows].join('\n');
		});
	const legend = [...named]
		.sort((a, b) => a - b)
		.map((identity) => [`identity ${identity}`, ...(labelsOf(identity)?.toStrings() ?? [])].join('\n\t'));
	return `${[...sections, ...legend].join('\n\n')}\n`;
}

function shortLabels(labels: LabelSet | undefined): string {
	const telling = [...(labels ?? [])].filter(({ key }) => !IMPLIED.some((prefix) => key.startsWith(prefix)));
	return telling.length === 0 ? 'no labels' : telling.map(formatLabel).join(' ');
}

const DEFAULTS: Readonly<Record<DefaultVerdict, string>> = { allow: 'allowed', audited: 'audited', deny: 'denied' };

function formatDefaults({ defaults }: SubjectPolicy): string {
	return `\tdefault  ingress ${DEFAULTS[defaults.ingress]}, egress ${DEFAULTS[defaults.egress]}`;
}

function formatRow(row: RuleRow, name: (identity: number) => string, origins: Origins): string {
	const peer = row.peer === 'any' ? 'any' : name(row.peer);
	const preposition = row.direction === 'ingress' ? 'from' : 'to';
	const origin = origins.get(row.cookie);
	const where = origin === undefined ? `cookie ${row.cookie}` : formatOrigin(origin);
	return [
		`\t${row.direction} ${row.audit === true ? 'audited ' : ''}${row.action} ${formatPorts(row)} ${preposition} ${peer}`,
		`\t\tby ${where}, ${row.tier === undefined || row.tier === 'normal' ? '' : `tier ${row.tier}, `}precedence ${row.precedence}`,
	].join('\n');
}

/** `tcp 80`, `udp 1000-2000`, `any` */
export function formatPorts({ protocol, port, endPort }: Pick<RuleRow, 'protocol' | 'port' | 'endPort'>): string {
	const name = protocolName(protocol);
	if (port === FIRST_PORT && endPort === LAST_PORT) {
		return name;
	}
	return port === endPort ? `${name} ${port}` : `${name} ${port}-${endPort}`;
}

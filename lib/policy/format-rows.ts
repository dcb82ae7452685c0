import type { LabelSet } from '../labels/label-set.js';
import type { SubjectPolicy } from './document-rows.js';
import { formatOrigin, type Origins } from './origins.js';
import { protocolName } from './protocols.js';
import { FIRST_PORT, LAST_PORT, type RuleRow } from './row.js';

/** Rows as text for people: one line each, in one order, with where they come from. */
export function formatRows(
	subjects: Iterable<SubjectPolicy>,
	labelsOf: (identity: number) => LabelSet | undefined,
	origins: Origins,
): string {
	const name = (identity: number) => `${identity} ${labelsOf(identity)?.toStrings().join(' ') ?? '(unknown)'}`;
	const sections = [...subjects]
		.sort((a, b) => a.identity - b.identity)
		.map((subject) => {
			const rows = subject.rows.map((row) => formatRow(row, name, origins)).sort();
			return [`subject ${name(subject.identity)}`, formatDefaults(subject), ...rows].join('\n');
		});
	return `${sections.join('\n\n')}\n`;
}

function formatDefaults({ ingressDefaultDeny, egressDefaultDeny }: SubjectPolicy): string {
	const text = (denied: boolean) => (denied ? 'denied' : 'allowed');
	return `\tdefault  ingress ${text(ingressDefaultDeny)}, egress ${text(egressDefaultDeny)}`;
}

function formatRow(row: RuleRow, name: (identity: number) => string, origins: Origins): string {
	const peer = row.peer === 'any' ? 'any' : name(row.peer);
	const preposition = row.direction === 'ingress' ? 'from' : 'to';
	const origin = origins.get(row.cookie);
	const where = origin === undefined ? `cookie ${row.cookie}` : formatOrigin(origin);
	return [
		`\t${row.direction} ${row.action} ${formatPorts(row)} ${preposition} ${peer}`,
		`\t\tby ${where}, precedence ${row.precedence}`,
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

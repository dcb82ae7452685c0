import { type Endpoint, type Flow, formatFlow } from '../../lib/index.js';
import type { AnsweredCell } from './matrix.js';
import { formatTable } from './table.js';

export interface Report {
	readonly endpoints: readonly Endpoint[];
	readonly matrix: readonly AnsweredCell[];
	readonly flows: readonly Flow[];
	readonly ok: boolean;
}

const LAST_FLOWS = 24;

function addressOf(endpoint: Endpoint, family: 4 | 6): string {
	return endpoint.addresses.find((address) => address.includes(':') === (family === 6)) ?? '';
}

function enforcementOf(endpoint: Endpoint, direction: 'ingress' | 'egress'): string {
	return endpoint.enforced[direction] ? 'Enabled' : 'Disabled';
}

export function formatEndpoints(endpoints: readonly Endpoint[]): string {
	return formatTable(
		[
			'ENDPOINT',
			'ENDPOINT ID',
			'IDENTITY ID',
			'INGRESS ENFORCEMENT',
			'EGRESS ENFORCEMENT',
			'STATE',
			'NETWORK',
			'IPV4',
			'IPV6',
		],
		endpoints.map((endpoint) => [
			endpoint.name,
			String(endpoint.id),
			String(endpoint.identity.id),
			enforcementOf(endpoint, 'ingress'),
			enforcementOf(endpoint, 'egress'),
			endpoint.detached ? 'detached' : 'ready',
			endpoint.network.name,
			addressOf(endpoint, 4),
			addressOf(endpoint, 6),
		]),
	);
}

export function formatMatrix(cells: readonly AnsweredCell[]): string {
	return formatTable(
		['FROM', 'TO', 'WHAT', 'FAMILY', 'EXPECTED', 'ACTUAL', ''],
		cells.map(({ from, to, what, family, expected, actual }) => [
			from,
			to,
			what === 'ping' ? what : `GET ${what}`,
			`IPv${family}`,
			expected,
			actual,
			expected === actual ? 'ok' : 'WRONG',
		]),
	);
}

export function formatReport({ endpoints, matrix, flows }: Report): string {
	return [
		formatEndpoints(endpoints),
		formatMatrix(matrix),
		['Last flows:', ...flows.slice(-LAST_FLOWS).map(formatFlow)].join('\n'),
		['Responses, as observe --http-status 200 has them:', ...flows.filter(isAnswered).map(formatFlow)].join('\n'),
	].join('\n\n');
}

function isAnswered({ l7 }: Flow): boolean {
	return l7?.type === 'RESPONSE' && l7.http?.code === 200;
}

/** One JSON object: what the tables tell. Counts are decimal text: they are 64 bit. */
export function reportJson({ endpoints, matrix, flows, ok }: Report): string {
	const identities = new Map(endpoints.map(({ identity }) => [identity.id, identity]));
	const object = {
		endpoints: endpoints.map((endpoint) => ({
			id: endpoint.id,
			name: endpoint.name,
			pod: endpoint.pod,
			network: endpoint.network.name,
			interface: endpoint.interface,
			identity: endpoint.identity.id,
			ingressEnforcement: enforcementOf(endpoint, 'ingress'),
			egressEnforcement: enforcementOf(endpoint, 'egress'),
			state: endpoint.detached ? 'detached' : 'ready',
			ipv4: addressOf(endpoint, 4),
			ipv6: addressOf(endpoint, 6),
		})),
		identities: [...identities.values()].map(({ id, labels }) => ({ id, labels })),
		matrix,
		flows,
		ok,
	};
	return JSON.stringify(object, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

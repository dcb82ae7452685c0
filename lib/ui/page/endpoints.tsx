import type { WireEndpoint } from '../wire.js';
import { useJson } from './use-json.js';

const EVERY_MS = 3000;

export function Endpoints() {
	const { data, error } = useJson<WireEndpoint[]>('/api/endpoints', EVERY_MS);
	if (data === undefined || data.length === 0) {
		return <p class="empty">{error ?? (data === undefined ? 'Loading' : 'No endpoint is attached.')}</p>;
	}
	return (
		<table aria-label="Endpoints">
			<thead>
				<tr>
					<th scope="col">Endpoint</th>
					<th scope="col">Pod</th>
					<th scope="col">Network</th>
					<th scope="col">Addresses</th>
					<th scope="col">Identity</th>
					<th scope="col">Enforced</th>
				</tr>
			</thead>
			<tbody>
				{data.map((endpoint) => (
					<Row key={endpoint.id} {...endpoint} />
				))}
			</tbody>
		</table>
	);
}

function Row({ id, name, pod, network, interface: iface, addresses, identity, labels, enforced, audit }: WireEndpoint) {
	const directions = (['ingress', 'egress'] as const).filter((direction) => enforced[direction]);
	return (
		<tr>
			<td data-label="Endpoint">
				{name}{' '}
				<small>
					{id} {iface}
				</small>
			</td>
			<td data-label="Pod">{pod ?? ''}</td>
			<td data-label="Network">{network}</td>
			<td data-label="Addresses">{addresses.join(' ')}</td>
			<td data-label="Identity">
				{identity} <small>{labels.join(' ')}</small>
			</td>
			<td data-label="Enforced">
				{directions.length === 0 ? 'nothing' : directions.join(', ')}
				{audit ? ', audited only' : ''}
			</td>
		</tr>
	);
}

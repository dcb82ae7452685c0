import { memo } from 'preact/compat';
import type { WireEnd, WireFlow } from '../wire.js';
import { eventText, nameOfEnd, placeOfEnd, timeText } from './flow-text.js';

interface Props {
	readonly flows: readonly WireFlow[];
	onExplain(flow: WireFlow): void;
}

export function FlowTable({ flows, onExplain }: Props) {
	if (flows.length === 0) {
		return <p class="empty">No flows yet. They come here as they happen.</p>;
	}
	return (
		<table class="flows" aria-label="Flows, the newest first">
			<thead>
				<tr>
					<th scope="col">Time</th>
					<th scope="col">Network</th>
					<th scope="col">From</th>
					<th scope="col">To</th>
					<th scope="col">Packet</th>
					<th scope="col">Event</th>
					<th scope="col">Verdict</th>
					<th scope="col">Why</th>
				</tr>
			</thead>
			<tbody>
				{flows.map((flow) => (
					<Row key={flow.number} flow={flow} onExplain={onExplain} />
				))}
			</tbody>
		</table>
	);
}

/** A flow never changes: of five hundred rows only those that are new are made. */
const Row = memo(function Row({ flow, onExplain }: { flow: WireFlow; onExplain(flow: WireFlow): void }) {
	const { source, destination } = flow;
	const about = `${nameOfEnd(source)} to ${nameOfEnd(destination)}`;
	return (
		<tr data-verdict={flow.verdict}>
			<td data-label="Time">{timeText(flow.timeMs)}</td>
			<td data-label="Network">{flow.network}</td>
			<td data-label="From">
				<End end={source} />
			</td>
			<td data-label="To">
				<End end={destination} />
			</td>
			<td data-label="Packet">
				{flow.detail}
				{flow.isReply ? ' reply' : ''}
			</td>
			<td data-label="Event">{eventText(flow)}</td>
			<td data-label="Verdict">
				<span class={`verdict ${flow.verdict}`}>{flow.verdict}</span>
			</td>
			<td data-label="Why">
				<button type="button" aria-label={`Explain ${about}`} onClick={() => onExplain(flow)}>
					Explain
				</button>
			</td>
		</tr>
	);
});

function End({ end }: { readonly end: WireEnd }) {
	return (
		<>
			{nameOfEnd(end)} <small>{placeOfEnd(end)}</small>
		</>
	);
}

import type { WireFlow, WireMap } from '../wire.js';

interface Props {
	readonly map: WireMap;
	onExplain(flow: WireFlow): void;
}

export function ServiceMap({ map, onExplain }: Props) {
	if (map.edges.length === 0) {
		return <p class="empty">Nobody has talked yet.</p>;
	}
	return (
		<ul>
			{map.edges.map((edge) => (
				<li key={`${edge.from} ${edge.to} ${edge.verdict}`}>
					<button type="button" onClick={() => onExplain(edge.last)}>
						{edge.from} → {edge.to} {edge.verdict} {edge.perSecond}/s
					</button>
				</li>
			))}
		</ul>
	);
}

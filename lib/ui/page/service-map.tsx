import { useEffect, useRef, useState } from 'preact/hooks';
import type { EdgeVerdict, WireFlow, WireMap } from '../wire.js';
import { layOut, NODE_HEIGHT } from './map-layout.js';
import type { NetworkDrawing, PlacedEdge, PlacedNode } from './map-layout.js';

interface Props {
	readonly map: WireMap;
	onExplain(flow: WireFlow): void;
}

const VERDICTS: readonly EdgeVerdict[] = ['allowed', 'denied', 'audited'];
/** About, in CSS pixels. */
const LETTER_WIDTH = 7.5;

export function ServiceMap({ map, onExplain }: Props) {
	const [ref, width] = useWidth();
	return (
		<div ref={ref} class="map">
			<p class="legend">
				{VERDICTS.map((verdict) => (
					<span key={verdict}>
						<svg width="36" height="8" aria-hidden="true">
							<line class={`edge ${verdict}`} x1="0" y1="4" x2="36" y2="4" />
						</svg>{' '}
						{verdict}
					</span>
				))}
				<span>new conversations or drops a second, over ten; a line explains its newest</span>
			</p>
			{map.edges.length === 0 && <p class="empty">Nobody has talked yet.</p>}
			{map.forgotten > 0 && <p class="empty">{map.forgotten} lines that were silent longest are not shown.</p>}
			{layOut(map, width).map((drawing) => (
				<Network key={drawing.network} drawing={drawing} onExplain={onExplain} />
			))}
		</div>
	);
}

function Network({ drawing, onExplain }: { readonly drawing: NetworkDrawing; onExplain(flow: WireFlow): void }) {
	const { network, width, height, nodeWidth, nodes, edges } = drawing;
	return (
		<section aria-label={`Network ${network}`}>
			<h2>{network}</h2>
			<svg viewBox={`0 0 ${width} ${height}`} style={{ maxWidth: width }} role="group" aria-label={`Map of ${network}`}>
				<Arrows />
				{edges.map((placed) => (
					<Edge
						key={`${placed.edge.from} ${placed.edge.to} ${placed.edge.verdict}`}
						{...placed}
						onExplain={onExplain}
					/>
				))}
				{nodes.map((node) => (
					<Node key={node.key} node={node} width={nodeWidth} />
				))}
			</svg>
		</section>
	);
}

function Edge({ edge, from, to, path, labelX, labelY, onExplain }: PlacedEdge & Pick<Props, 'onExplain'>) {
	const { verdict, count, perSecond, last } = edge;
	const rate = `${perSecond.toFixed(1)}/s`;
	const explain = () => onExplain(last);
	return (
		<g
			class="link"
			role="button"
			tabindex={0}
			data-verdict={verdict}
			aria-label={`${from.name} to ${to.name}: ${verdict}, ${rate}, ${count} in all. Explain`}
			onClick={explain}
			onKeyDown={(event) => {
				if (event.key === 'Enter' || event.key === ' ') {
					event.preventDefault();
					explain();
				}
			}}
		>
			<path class="hit" d={path} />
			<path class={`edge ${verdict}`} d={path} marker-end={`url(#arrow-${verdict})`} />
			<text class={verdict} x={labelX} y={labelY} text-anchor="middle">
				{verdict} {rate}
			</text>
		</g>
	);
}

function Node({ node: { name, x, y }, width }: { readonly node: PlacedNode; readonly width: number }) {
	const most = Math.floor(width / LETTER_WIDTH);
	const short = name.length > most ? `${name.slice(0, most - 1)}…` : name;
	return (
		<g class="node">
			<title>{name}</title>
			<rect x={x} y={y} width={width} height={NODE_HEIGHT} rx="6" />
			<text x={x + width / 2} y={y + NODE_HEIGHT / 2 + 5} text-anchor="middle">
				{short}
			</text>
		</g>
	);
}

function Arrows() {
	return (
		<defs>
			{VERDICTS.map((verdict) => (
				<marker
					key={verdict}
					id={`arrow-${verdict}`}
					class={verdict}
					viewBox="0 0 8 8"
					refX="7"
					refY="4"
					markerWidth="8"
					markerHeight="8"
					markerUnits="userSpaceOnUse"
					orient="auto"
				>
					<path d="M0,0 L8,4 L0,8 z" />
				</marker>
			))}
		</defs>
	);
}

/** Of an element, as it changes. */
function useWidth() {
	const ref = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(600);
	useEffect(() => {
		const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
		observer.observe(ref.current!);
		return () => observer.disconnect();
	}, []);
	return [ref, width] as const;
}

import type { WireEdge, WireMap, WireNode } from '../wire.js';

/** Where everything of one network is drawn, in CSS pixels. The same map always gives the same drawing. */
export interface NetworkDrawing {
	readonly network: string;
	readonly width: number;
	readonly height: number;
	readonly nodeWidth: number;
	readonly nodes: readonly PlacedNode[];
	readonly edges: readonly PlacedEdge[];
}

export interface PlacedNode extends WireNode {
	readonly x: number;
	readonly y: number;
}

export interface PlacedEdge {
	readonly edge: WireEdge;
	readonly from: PlacedNode;
	readonly to: PlacedNode;
	readonly path: string;
	/** Of the rate's text. */
	readonly labelX: number;
	readonly labelY: number;
}

export const NODE_HEIGHT = 40;
const LEAST_NODE = 110;
const MOST_NODE = 180;
const GAP_Y = 46;
const MARGIN = 14;
/** Between the columns: room for the rates. */
const LEAST_GAP_X = 90;
const MOST_GAP_X = 280;
/** Edges of the same two nodes are drawn so far from each other. */
const SPREAD = 34;
/** Of a rate's text: `allowed 12.3/s`. */
export const LABEL_WIDTH = 104;
export const LABEL_HEIGHT = 15;

/** A drawing for each network, by name. @param width there is, in CSS pixels */
export function layOut({ nodes, edges }: WireMap, width: number): NetworkDrawing[] {
	const networks = [...new Set(nodes.map(({ network }) => network))].sort();
	return networks.map((network) => drawNetwork(network, nodes, edges, width));
}

function drawNetwork(
	network: string,
	nodes: readonly WireNode[],
	edges: readonly WireEdge[],
	width: number,
): NetworkDrawing {
	const nodeWidth = clamp((width - 2 * MARGIN) / 3, LEAST_NODE, MOST_NODE);
	const gap = clamp(width - 2 * MARGIN - 2 * nodeWidth, LEAST_GAP_X, MOST_GAP_X);
	const own = edges.filter((edge) => edge.network === network);
	const named = new Set(own.flatMap(({ from, to }) => [from, to]));
	const placed = place(
		nodes.filter(({ key }) => named.has(key)),
		own,
		nodeWidth + gap,
	);
	const byKey = new Map(placed.map((node) => [node.key, node]));
	const connected = spreadLabels(
		own.map((edge, i) => connect(edge, nth(own, i), nodeWidth, [byKey.get(edge.from)!, byKey.get(edge.to)!])),
	);
	const lowest = Math.max(...placed.map(({ y }) => y + NODE_HEIGHT), ...connected.map(({ labelY }) => labelY), 0);
	return {
		network,
		width: 2 * (MARGIN + nodeWidth) + gap,
		nodeWidth,
		height: lowest + GAP_Y,
		nodes: placed,
		edges: connected,
	};
}

/** Rates that would be written over one another stand below each other. */
function spreadLabels(edges: readonly PlacedEdge[]): PlacedEdge[] {
	const written: PlacedEdge[] = [];
	const moved = new Map<PlacedEdge, PlacedEdge>();
	for (const edge of [...edges].sort((a, b) => a.labelY - b.labelY)) {
		let { labelY } = edge;
		// In the order of their heights: what stands lower than it needs to is only met later.
		for (const other of written) {
			const isBeside = Math.abs(other.labelX - edge.labelX) >= LABEL_WIDTH;
			labelY = isBeside || Math.abs(other.labelY - labelY) >= LABEL_HEIGHT ? labelY : other.labelY + LABEL_HEIGHT;
		}
		const placed = { ...edge, labelY };
		moved.set(edge, placed);
		written.push(placed);
		written.sort((a, b) => a.labelY - b.labelY);
	}
	return edges.map((edge) => moved.get(edge)!);
}

/** Who speaks to more than speak to it stands left, the others right: most edges go one way. */
function place(nodes: readonly WireNode[], edges: readonly WireEdge[], columnWidth: number): PlacedNode[] {
	const balance = (key: string) =>
		edges.filter(({ from }) => from === key).length - edges.filter(({ to }) => to === key).length;
	const rows = [0, 0];
	return nodes.map((node) => {
		const column = balance(node.key) > 0 ? 0 : 1;
		const row = rows[column]!++;
		return { ...node, x: MARGIN + column * columnWidth, y: MARGIN + row * (NODE_HEIGHT + GAP_Y) };
	});
}

/** The how-maniest edge between its two nodes, whichever way. */
function nth(edges: readonly WireEdge[], index: number): number {
	const pair = ({ from, to }: WireEdge) => [from, to].sort().join('\n');
	const wanted = pair(edges[index]!);
	return edges.slice(0, index).filter((edge) => pair(edge) === wanted).length;
}

type Ends = readonly [from: PlacedNode, to: PlacedNode];

function connect(edge: WireEdge, number: number, nodeWidth: number, [from, to]: Ends): PlacedEdge {
	// 0, 1, -1, 2, -2: to both sides of the straight one.
	const bend = SPREAD * (number % 2 === 1 ? (number + 1) / 2 : -number / 2);
	if (from.x === to.x) {
		return loop(edge, number, nodeWidth, [from, to]);
	}
	const [startX, endX] = from.x < to.x ? [from.x + nodeWidth, to.x] : [from.x, to.x + nodeWidth];
	const [startY, endY] = [from.y + NODE_HEIGHT / 2, to.y + NODE_HEIGHT / 2];
	const [middleX, middleY] = [(startX + endX) / 2, (startY + endY) / 2 + bend];
	return {
		edge,
		from,
		to,
		path: `M${startX},${startY} Q${middleX},${middleY + bend} ${endX},${endY}`,
		labelX: middleX,
		labelY: middleY - 5,
	};
}

/** Within one column, and from a node to itself: through the room between the columns. */
function loop(edge: WireEdge, number: number, nodeWidth: number, [from, to]: Ends): PlacedEdge {
	const isLeft = from.x === MARGIN;
	const x = isLeft ? from.x + nodeWidth : from.x;
	const out = 40 + number * SPREAD;
	const far = isLeft ? x + out : x - out;
	const [startY, endY] =
		from === to ? [from.y + 8, from.y + NODE_HEIGHT - 8] : [from.y + NODE_HEIGHT / 2, to.y + NODE_HEIGHT / 2];
	return {
		edge,
		from,
		to,
		path: `M${x},${startY} C${far},${startY} ${far},${endY} ${x},${endY}`,
		labelX: far,
		labelY: (startY + endY) / 2,
	};
}

function clamp(value: number, least: number, most: number): number {
	return Math.round(Math.max(least, Math.min(most, value)));
}

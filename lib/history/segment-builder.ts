import type { Flow, FlowEnd, FlowEndpoint, FlowRule } from '../flows/flow.js';
import type { FlowL7 } from '../flows/l7.js';
import { COLUMNS, COUNTS } from './columns.js';
import type { ColumnName } from './columns.js';
import { createDictionary, step } from './dictionary.js';
import { kindOf, l4KindOf, l7KindOf } from './kind.js';
import type { FlowKind, L4Kind, L7Kind } from './kind.js';
import { endpointPlace, kindPlace, l4Place, l7Place, rulePlace } from './places.js';
import type { Segment } from './segment.js';
import { createTimeScale, fitsScale } from './time-scale.js';
import type { TimeScale } from './time-scale.js';

/** A segment that still grows. */
export interface SegmentBuilder {
	readonly rows: number;
	/** What it holds is enough for one segment. */
	readonly isFull: boolean;
	/** false: its clock is too far from the others', so it must begin another segment. */
	fits(flow: Flow): boolean;
	/** The flow is valid. */
	add(flow: Flow): void;
	/** Forgets which objects it has met: until then nobody may change them. */
	forget(): void;
	/** The rows so far; more may follow, these stay. */
	segment(): Segment;
}

/** More are read for a query of a short time, fewer pack worse. */
const MOST_ROWS = 65_536;
/** Of ends, kinds and transports that differ, where hardly any flow is like another. */
const MOST_VALUES = 16_384;
const FIRST_CAPACITY = 256;

export function createSegmentBuilder(): SegmentBuilder {
	const dictionaries = {
		endpoints: createDictionary<FlowEndpoint>(),
		kinds: createDictionary<FlowKind>(),
		l4s: createDictionary<L4Kind>(),
		l7s: createDictionary<L7Kind>(),
		ips: createDictionary<string>(),
	};
	const rules = createDictionary<undefined>();
	const metRules = new Map<FlowRule, number>();
	let before: Flow | undefined;
	const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(FIRST_CAPACITY)])) as Columns;
	const halves = new DataView(new ArrayBuffer(8));
	let scale: TimeScale | undefined;
	let rows = 0;
	let [min, max] = [Infinity, -Infinity];

	function grow(): void {
		for (const name of COLUMNS) {
			const larger = new Float64Array(rows * 2);
			larger.set(columns[name]);
			columns[name] = larger;
		}
	}

	function endpointCode(end: FlowEndpoint): number {
		const { endpoints } = dictionaries;
		return endpoints.code(endpointPlace(endpoints.start, end), () => ({ ...end, labels: [...end.labels] }));
	}

	/** Many flows are told by one rule. */
	function ruleCode(rule: FlowRule | undefined): number {
		if (rule === undefined) {
			return -1;
		}
		let code = metRules.get(rule);
		if (code === undefined) {
			code = rules.code(rulePlace(rules.start, rule), () => undefined);
			metRules.set(rule, code);
		}
		return code;
	}

	function kindCode(flow: Flow): number {
		const { kinds } = dictionaries;
		const place = kindPlace(kinds.start, flow, ruleCode(flow.policy?.rule));
		return kinds.code(place, () => structuredClone(kindOf(flow)));
	}

	function l4Code(flow: Flow): number {
		const { l4s } = dictionaries;
		return l4s.code(l4Place(l4s.start, flow), () => structuredClone(l4KindOf(flow)));
	}

	function ipCode(ip: string | undefined): number {
		return ip === undefined ? 0 : dictionaries.ips.code(step(dictionaries.ips.start, ip), () => ip) + 1;
	}

	function addTimes(flow: Flow): void {
		scale ??= createTimeScale(flow.timeNs);
		const time = scale.offset(flow.timeNs);
		const timeMs = scale.milliseconds(time);
		columns.time[rows] = time;
		columns.skew[rows] = flow.time.getTime() - timeMs;
		min = Math.min(min, time);
		max = Math.max(max, time);
	}

	/** Lines of one event share these objects. */
	function addShared(flow: Flow): void {
		if (isSameEvent(flow, before)) {
			for (const name of SHARED) {
				columns[name][rows] = columns[name][rows - 1]!;
			}
			return;
		}
		addTimes(flow);
		columns.source[rows] = endpointCode(flow.source);
		columns.destination[rows] = endpointCode(flow.destination);
		columns.l4[rows] = l4Code(flow);
		columns.sourceIp[rows] = ipCode(flow.ip?.source);
		columns.destinationIp[rows] = ipCode(flow.ip?.destination);
		columns.sourcePort[rows] = (flow.l4?.sourcePort ?? -1) + 1;
		columns.destinationPort[rows] = (flow.l4?.destinationPort ?? -1) + 1;
	}

	function addL7(l7: FlowL7): void {
		const { l7s } = dictionaries;
		columns.l7[rows] = l7s.code(l7Place(l7s.start, l7), () => structuredClone(l7KindOf(l7))) + 1;
		setHalves('latencyLow', 'latencyHigh', l7.latencyNs);
	}

	function addEnd(end: FlowEnd): void {
		columns.started[rows] = scale!.milliseconds(columns.time[rows]!) - end.started.getTime();
		addCounts(end);
	}

	function addCounts(end: FlowEnd): void {
		for (const [name, low, high] of COUNTS) {
			setHalves(low, high, end[name]);
		}
	}

	function setHalves(low: ColumnName, high: ColumnName, value: bigint): void {
		halves.setBigUint64(0, value);
		columns[low][rows] = halves.getUint32(4);
		columns[high][rows] = halves.getUint32(0);
	}

	return {
		get rows() {
			return rows;
		},
		get isFull() {
			const { endpoints, kinds, l4s, l7s } = dictionaries;
			const values = endpoints.values.length + kinds.values.length + l4s.values.length + l7s.values.length;
			return rows >= MOST_ROWS || values >= MOST_VALUES;
		},
		fits: (flow) => scale === undefined || flow.timeNs === before?.timeNs || fitsScale(scale, flow.timeNs),
		add(flow) {
			if (rows === columns.time.length) {
				grow();
			}
			addShared(flow);
			columns.kind[rows] = kindCode(flow);
			columns.length[rows] = flow.length;
			if (flow.l7 !== undefined) {
				addL7(flow.l7);
			}
			if (flow.end !== undefined) {
				addEnd(flow.end);
			}
			before = flow;
			rows++;
		},
		forget() {
			metRules.clear();
			before = undefined;
		},
		segment() {
			const known = rows;
			const at = scale ?? createTimeScale(0n);
			return {
				rows: known,
				baseNs: at.baseNs,
				minNs: known === 0 ? at.baseNs : at.timeNs(min),
				maxNs: known === 0 ? at.baseNs : at.timeNs(max),
				column: (name) => columns[name].subarray(0, known),
				dictionary: (name) => dictionaries[name].values as never,
			};
		},
	};
}

const SHARED = [
	'time',
	'skew',
	'source',
	'destination',
	'l4',
	'sourceIp',
	'destinationIp',
	'sourcePort',
	'destinationPort',
] as const satisfies readonly ColumnName[];

function isSameEvent(flow: Flow, before: Flow | undefined): boolean {
	return (
		before !== undefined &&
		flow.source === before.source &&
		flow.destination === before.destination &&
		flow.ip === before.ip &&
		flow.l4 === before.l4 &&
		flow.time === before.time &&
		flow.timeNs === before.timeNs
	);
}

type Columns = Record<ColumnName, Float64Array>;

import type { Flow, FlowEnd, FlowEndpoint, FlowRule } from '../flows/flow.js';
import { COLUMNS, COUNTS } from './columns.js';
import type { ColumnName } from './columns.js';
import { createDictionary, step } from './dictionary.js';
import { kindOf, l4KindOf } from './kind.js';
import type { FlowKind, L4Kind } from './kind.js';
import { endpointPlace, kindPlace, l4Place, rulePlace } from './places.js';
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
		ips: createDictionary<string>(),
	};
	const rules = createDictionary<undefined>();
	const metEnds = new Map<FlowEndpoint, number>();
	const metRules = new Map<FlowRule, number>();
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

	/** Lines of one event share their ends, and all lines of a rule may share it. */
	function endpointCode(end: FlowEndpoint): number {
		const { endpoints } = dictionaries;
		return met(metEnds, end, () =>
			endpoints.code(endpointPlace(endpoints.start, end), () => ({ ...end, labels: [...end.labels] })),
		);
	}

	function ruleCode(rule: FlowRule | undefined): number {
		return rule === undefined
			? -1
			: met(metRules, rule, () => rules.code(rulePlace(rules.start, rule), () => undefined));
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
		columns.started[rows] = flow.end === undefined ? 0 : timeMs - flow.end.started.getTime();
		min = Math.min(min, time);
		max = Math.max(max, time);
	}

	function addCounts(end: FlowEnd): void {
		for (const [name, low, high] of COUNTS) {
			halves.setBigUint64(0, end[name]);
			columns[low][rows] = halves.getUint32(4);
			columns[high][rows] = halves.getUint32(0);
		}
	}

	return {
		get rows() {
			return rows;
		},
		get isFull() {
			const { endpoints, kinds, l4s } = dictionaries;
			const values = endpoints.values.length + kinds.values.length + l4s.values.length;
			return rows >= MOST_ROWS || values >= MOST_VALUES;
		},
		fits: (flow) => scale === undefined || fitsScale(scale, flow.timeNs),
		add(flow) {
			if (rows === columns.time.length) {
				grow();
			}
			addTimes(flow);
			columns.kind[rows] = kindCode(flow);
			columns.source[rows] = endpointCode(flow.source);
			columns.destination[rows] = endpointCode(flow.destination);
			columns.l4[rows] = l4Code(flow);
			columns.sourceIp[rows] = ipCode(flow.ip?.source);
			columns.destinationIp[rows] = ipCode(flow.ip?.destination);
			columns.sourcePort[rows] = (flow.l4?.sourcePort ?? -1) + 1;
			columns.destinationPort[rows] = (flow.l4?.destinationPort ?? -1) + 1;
			columns.length[rows] = flow.length;
			if (flow.end !== undefined) {
				addCounts(flow.end);
			}
			rows++;
		},
		forget() {
			metEnds.clear();
			metRules.clear();
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

function met<T extends object>(known: Map<T, number>, object: T, number: () => number): number {
	let code = known.get(object);
	if (code === undefined) {
		code = number();
		known.set(object, code);
	}
	return code;
}

type Columns = Record<ColumnName, Float64Array>;

import { EVERY_PROTOCOL, type Claims } from './claims.js';
import type { ClassWriter } from './class-writer.js';
import { paint } from './paint.js';
import { coverPorts, NOTHING, prefixLevel } from './port-trie.js';
import { beats, sameVerdict } from './rank.js';
import { LAST_PORT } from './row.js';
import { LEVEL_EVERY_PROTOCOL } from './rule-class.js';
import type { Segment } from './segment.js';
import { sortClaims } from './sort-claims.js';

/** Writes the rules that give every packet the verdict of its highest claim. `members` are indices; they get sorted. */
export function resolveClaims(claims: Claims, members: Uint32Array, writer: ClassWriter): void {
	writer.truncate(0);
	sortClaims(claims, members);
	let at = 0;
	let base = NOTHING;
	for (; at < members.length && claims.protocol[members[at]!] === EVERY_PROTOCOL; at++) {
		base = base === NOTHING || beats(claims, members[at]!, base) ? members[at]! : base;
	}
	if (base !== NOTHING) {
		writer.put(LEVEL_EVERY_PROTOCOL, 0, 0, claims.verdict[base]!, claims.cookie[base]!);
	}
	while (at < members.length) {
		const end = endOfProtocol(claims, members, at);
		resolveProtocol(claims, members.subarray(at, end), base, writer);
		at = end;
	}
}

function endOfProtocol(claims: Claims, members: Uint32Array, from: number): number {
	const protocol = claims.protocol[members[from]!];
	let end = from + 1;
	while (end < members.length && claims.protocol[members[end]!] === protocol) {
		end++;
	}
	return end;
}

function resolveProtocol(claims: Claims, members: Uint32Array, base: number, writer: ClassWriter): void {
	if (base === NOTHING && writeApart(claims, members, writer)) {
		return;
	}
	const segments = paint(claims, members, base);
	const protocol = claims.protocol[members[0]!]! - 1;
	const put = (level: number, port: number, claim: number) =>
		writer.put(level, protocol, port, claims.verdict[claim]!, claims.cookie[claim]!);
	if (base === NOTHING && segments.every(({ port, endPort }) => prefixLevel(port, endPort) !== 0)) {
		for (const { port, endPort, claim } of segments) {
			put(prefixLevel(port, endPort), port, claim);
		}
		return;
	}
	const map = portMap(claims, segments, base);
	coverPorts(map, base === NOTHING ? NOTHING : 0, (level, port, verdict) => put(level, port, map.claims[verdict]!));
}

/**
 * The common case without any search: claims that neither overlap nor join, each one prefix. Writes what the long way
 * would, or nothing.
 */
function writeApart(claims: Claims, members: Uint32Array, writer: ClassWriter): boolean {
	const begin = writer.length;
	const protocol = claims.protocol[members[0]!]! - 1;
	for (let i = 0; i < members.length; i++) {
		const claim = members[i]!;
		const port = claims.port[claim]!;
		const level = prefixLevel(port, claims.endPort[claim]!);
		if (level === 0 || (i > 0 && touches(claims, members[i - 1]!, claim))) {
			writer.truncate(begin);
			return false;
		}
		writer.put(level, protocol, port, claims.verdict[claim]!, claims.cookie[claim]!);
	}
	return true;
}

function touches(claims: Claims, before: number, after: number): boolean {
	const gap = claims.port[after]! - claims.endPort[before]!;
	return gap < 1 || (gap === 1 && sameVerdict(claims, before, after));
}

/**
 * Verdicts are numbered as they appear, equal ones alike, the base first: the outcome may depend on what the segments
 * say but not on the order of the rows.
 */
function portMap(claims: Claims, segments: readonly Segment[], base: number) {
	const numbers = new Map<string, number>();
	const byNumber: number[] = [];
	const number = (claim: number) => {
		const key = `${claims.verdict[claim]} ${claims.cookie[claim]}`;
		const known = numbers.get(key);
		if (known !== undefined) {
			return known;
		}
		numbers.set(key, byNumber.length);
		return byNumber.push(claim) - 1;
	};
	if (base !== NOTHING) {
		number(base);
	}
	const starts: number[] = [];
	const verdicts: number[] = [];
	let next = 0;
	const push = (start: number, verdict: number) => {
		starts.push(start);
		verdicts.push(verdict);
	};
	for (const { port, endPort, claim } of segments) {
		if (port > next) {
			push(next, NOTHING);
		}
		push(port, number(claim));
		next = endPort + 1;
	}
	if (next <= LAST_PORT) {
		push(next, NOTHING);
	}
	return { starts, verdicts, claims: byNumber };
}

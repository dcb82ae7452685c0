import type { NamedPort, PolicyIdentity } from '../../rules/policy-identity.js';
import { compileClass, silentClass } from '../compile-class.js';
import type { ClassAllocator } from '../class-allocator.js';
import type { SideImage } from '../image.js';
import type { DefaultVerdict, Direction, RuleRow } from '../row.js';
import type { RuleClass } from '../rule-class.js';
import type { DirectRows } from './direct-rows.js';
import type { LivePolicy, LiveRule } from './live-policy.js';
import { speaksOf, speaksOfEveryone } from './live-policy.js';
import { portsKey, rowsOfRule } from './rule-rows.js';
import type { SelectorIndex } from './selector-index.js';

/** What a set is made of. */
export interface SetSource {
	readonly policies: readonly LivePolicy[];
	readonly direct: DirectRows;
	/** The subjects' own: ingress rules name them. */
	readonly namedPorts: readonly NamedPort[];
}

export interface CompilerParts {
	readonly index: SelectorIndex;
	readonly classes: ClassAllocator;
	unionOf(cookies: readonly number[]): number;
}

/** Makes one direction of a set, whole or peer by peer. */
export interface SideCompiler {
	image(): SideImage;
	/** undefined: as everyone. */
	classOf(peer: number): RuleClass | undefined;
}

function cookiesOf(rows: readonly RuleRow[]): string {
	let text = '';
	for (const { cookie } of rows) {
		text += `${cookie},`;
	}
	return text;
}

const STRICTNESS: readonly DefaultVerdict[] = ['allow', 'audited', 'deny'];

export function defaultOf({ policies, direct }: SetSource, direction: Direction): DefaultVerdict {
	const all = policies.map(({ defaults }) => STRICTNESS.indexOf(defaults[direction]));
	return direct.speaks(direction) ? 'deny' : STRICTNESS[Math.max(0, ...all)]!;
}

export function createSideCompiler(source: SetSource, direction: Direction, parts: CompilerParts): SideCompiler {
	const { index, classes, unionOf } = parts;
	const { direct } = source;
	const options = { default: defaultOf(source, direction), unionOf };
	const all = source.policies.flatMap(({ rules }) => rules).filter(({ rule }) => rule.direction === direction);
	const peered = all.filter(
		({ peers, portNames }) => peers !== 'any' || (direction === 'egress' && portNames.length > 0),
	);
	const everyone = [
		...direct.of('any', direction),
		...all.filter(speaksOfEveryone).flatMap((rule) => rows(rule, undefined)),
	];
	const hasNames = direction === 'egress' && peered.some(({ portNames }) => portNames.length > 0);
	const defaultClass = compileClass(everyone, direction, options, classes);
	const memo = new Map<string, RuleClass | undefined>();

	function rows(rule: LiveRule, peer: PolicyIdentity | undefined): RuleRow[] {
		return rowsOfRule(rule.rule, 'any', direction === 'ingress' ? source.namedPorts : (peer?.namedPorts ?? []));
	}

	/** `spoken`: numbers of the rules in `peered` that speak of the peer. */
	function resolve(peer: number, spoken: readonly number[]): RuleClass | undefined {
		const own = direct.of(peer, direction);
		if (own.length === 0 && spoken.length === 0) {
			return undefined;
		}
		const identity = hasNames ? index.identities.get(peer) : undefined;
		const key = `${spoken.join()}|${cookiesOf(own)}|${portsKey(identity)}`;
		const known = memo.get(key);
		if (known !== undefined && classes.holds(known)) {
			return known === defaultClass ? undefined : known;
		}
		const said = spoken.flatMap((i) => rows(peered[i]!, identity));
		const made = compileClass([...everyone, ...own, ...said], direction, options, classes) ?? silent();
		memo.set(key, made);
		return made === defaultClass ? undefined : made;
	}

	/** What everyone may, this peer may not. */
	function silent(): RuleClass | undefined {
		return defaultClass === undefined ? undefined : silentClass(direction, classes);
	}

	function gather(): Map<number, number[]> {
		const spoken = new Map<number, number[]>();
		const add = (peer: number, rule: number) => {
			const list = spoken.get(peer);
			if (list === undefined) {
				spoken.set(peer, [rule]);
			} else if (list.at(-1) !== rule) {
				list.push(rule);
			}
		};
		peered.forEach(({ peers, portNames }, rule) => {
			const sets = peers === 'any' ? portNames.map((name) => index.named(name)) : peers.map(({ members }) => members);
			sets.forEach((members) => members.forEach((peer) => add(peer, rule)));
		});
		for (const peer of direct.peers(direction)) {
			spoken.set(peer, spoken.get(peer) ?? []);
		}
		return spoken;
	}

	return {
		image() {
			const peers = new Map<number, RuleClass>();
			for (const [peer, spoken] of gather()) {
				const known = resolve(peer, spoken);
				if (known !== undefined) {
					peers.set(peer, known);
				}
			}
			return { default: options.default, defaultClass, peers };
		},
		classOf(peer) {
			const spoken: number[] = [];
			peered.forEach((rule, i) => {
				if (speaksOf(rule, peer, index)) {
					spoken.push(i);
				}
			});
			return resolve(peer, spoken);
		},
	};
}

import type { ProofQuestion } from '../../../../lib/proof/question.js';
import { ICMP_TYPES, PORTS } from './arbitrary-parts.js';
import type { Scene } from './arbitrary-scene.js';

const around = (port: number) => [port - 1, port, port + 1].filter((each) => each >= 0 && each <= 65535);
const types = ICMP_TYPES.flatMap((type) => [type * 256, type * 256 + 255, type * 256 + 256]);
const EDGES = [...new Set([0, ...PORTS.flatMap(around), ...types])].sort((a, b) => a - b);
/** One that has no ports, and one that nobody names. */
const PORTLESS = [47, 253];

/** Every packet that a scene could tell from another: nothing is left to classes, or to anyone's cleverness. */
export function* questionsOf({ subjects, identities }: Scene): Generator<ProofQuestion> {
	for (const subject of subjects) {
		for (const direction of ['ingress', 'egress'] as const) {
			for (const peer of identities) {
				for (const [protocol, ports] of packets()) {
					for (const port of ports) {
						yield { subject, peer, direction, protocol, port };
					}
				}
			}
		}
	}
}

/** Protocols, and the ports of each at which a scene can change what it says. */
export function packets(): [number, readonly number[]][] {
	return [
		...[6, 17, 132, 1, 58].map((protocol): [number, readonly number[]] => [protocol, EDGES]),
		...PORTLESS.map((protocol): [number, readonly number[]] => [protocol, [0]]),
	];
}

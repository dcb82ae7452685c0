/** Damaged frames: each is a named drop, counted once, or forwarded as it should be. The seed is logged; HEDDLE_FUZZ_SEED repeats a run. */
import { describe, expect, it } from 'vitest';
import { PolicyAction } from '../../lib/abi/generated.js';
import { checksum } from './checksum.js';
import { FAMILIES, addressOf } from './ends.js';
import { damage, originals, seeded } from './mutate.js';
import { ETHERTYPE, PROTOCOL, addressBytes, macBytes } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, type Subject, useSubject } from './subject.js';

const FRAMES = Number(process.env['HEDDLE_FUZZ_FRAMES'] ?? 120_000);
const seed = Number(process.env['HEDDLE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

describe('damaged frames', () => {
	const subject = useSubject();

	it(`are dropped by name or forwarded rightly (seed ${seed})`, () => {
		console.log(`HEDDLE_FUZZ_SEED=${seed} HEDDLE_FUZZ_FRAMES=${FRAMES}`);
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.udp, port: 80, action: PolicyAction.Allow },
			{ protocol: PROTOCOL.tcp, action: PolicyAction.Allow },
			{ protocol: PROTOCOL.icmp, action: PolicyAction.Allow },
			{ protocol: 47, action: PolicyAction.Allow },
		]);
		const seen = subject.inside(() => fuzz(subject));
		expect(seen.wrong).toEqual([]);
		expect(seen.dropped + seen.refused + seen.forwarded + seen.answered + seen.passed).toBe(FRAMES);
		expect(seen.forwarded).toBeGreaterThan(FRAMES / 50);
		expect(seen.dropped).toBeGreaterThan(FRAMES / 50);
		expect(subject.totalDrops()).toBe(seen.dropped + seen.refused);
	});
});

interface Seen {
	dropped: number;
	forwarded: number;
	/** Counted as a drop, and told to the sender by an ICMP error. */
	refused: number;
	answered: number;
	passed: number;
	wrong: string[];
}

function fuzz(subject: Subject): Seen {
	const random = seeded(seed);
	const program = subject.object.programs['from_endpoint'];
	const kinds = FAMILIES.flatMap((family) => originals(subject.a, subject.b, family));
	const seen: Seen = { dropped: 0, forwarded: 0, refused: 0, answered: 0, passed: 0, wrong: [] };
	const toB = macBytes(subject.b.mac);
	for (let done = 0; done < FRAMES;) {
		const frame = damage(kinds[random(kinds.length)] as Uint8Array, random);
		const run = tryRun(() => program?.testRun({ data: frame, ifindex: subject.a.ifindex }));
		if (run === undefined) continue; // no frame for the kernel itself
		done++;
		if (run.retval === ACTION.drop) seen.dropped++;
		else if (run.retval === ACTION.ok) seen.passed++;
		else if (same(run.data.subarray(0, 6), toB)) seen.forwarded++;
		else if (isNeighbourMessage(frame)) seen.answered++;
		else seen.refused++;
		const complaint = judge(subject, frame, run.retval, run.data);
		if (complaint !== undefined && seen.wrong.length < 10)
			seen.wrong.push(`${complaint}: ${Buffer.from(frame).toString('hex')}`);
		if (done % 1000 === 0) subject.drain();
	}
	return seen;
}

function tryRun<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		if ((error as { errno?: number }).errno === 22) return undefined;
		throw error;
	}
}

/** What is wrong with the answer, by what any router must keep to. */
function judge(subject: Subject, input: Uint8Array, action: number, output: Uint8Array): string | undefined {
	if (action === ACTION.drop) return undefined;
	if (action !== ACTION.redirect && action !== ACTION.ok) return `action ${action}`;
	if (!same(input.subarray(6, 12), macBytes(subject.a.mac))) return 'a foreign source MAC passed';
	const type = etherType(input);
	if (action === ACTION.ok) return isNeighbourMessage(input) ? undefined : 'passed to the host';
	if (!same(output.subarray(0, 6), macBytes(subject.b.mac)))
		return same(output.subarray(0, 6), macBytes(subject.a.mac)) ? undefined : 'went to nobody';
	if (type === ETHERTYPE.ipv4) return judgeIpv4(subject, input, output);
	if (type === ETHERTYPE.ipv6) return judgeIpv6(subject, input, output);
	return `EtherType ${type} was forwarded`;
}

function judgeIpv4(subject: Subject, input: Uint8Array, output: Uint8Array): string | undefined {
	const length = ((input[14] ?? 0) & 15) * 4;
	const total = (input[16] ?? 0) * 256 + (input[17] ?? 0);
	if ((input[14] ?? 0) >> 4 !== 4 || length < 20 || total < length || total > input.length - 14) return 'no IPv4';
	if (!same(input.subarray(26, 30), addressBytes(addressOf(subject.a, 4)))) return 'a foreign source passed';
	if (!same(input.subarray(30, 34), addressBytes(addressOf(subject.b, 4)))) return 'a foreign destination was reached';
	if (output[22] !== (input[22] ?? 0) - 1) return 'hop limit';
	if (checksum(input.slice(14, 14 + length)) === 0 && checksum(output.slice(14, 14 + length)) !== 0) return 'checksum';
	return same(input.subarray(26), output.subarray(26)) ? undefined : 'the payload changed';
}

function judgeIpv6(subject: Subject, input: Uint8Array, output: Uint8Array): string | undefined {
	const payload = (input[18] ?? 0) * 256 + (input[19] ?? 0);
	if ((input[14] ?? 0) >> 4 !== 6 || payload > input.length - 54) return 'no IPv6';
	if (!same(input.subarray(22, 38), addressBytes(addressOf(subject.a, 6)))) return 'a foreign source passed';
	if (!same(input.subarray(38, 54), addressBytes(addressOf(subject.b, 6)))) return 'a foreign destination was reached';
	if (output[21] !== (input[21] ?? 0) - 1) return 'hop limit';
	return same(input.subarray(22), output.subarray(22)) ? undefined : 'the payload changed';
}

function isNeighbourMessage(input: Uint8Array): boolean {
	const type = etherType(input);
	return (
		type === ETHERTYPE.arp ||
		(type === ETHERTYPE.ipv6 && input[20] === PROTOCOL.icmpv6 && [135, 136].includes(input[54] ?? 0))
	);
}

function etherType(frame: Uint8Array): number {
	return (frame[12] ?? 0) * 256 + (frame[13] ?? 0);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}

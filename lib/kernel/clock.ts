import { setTimeout as sleep } from 'node:timers/promises';

/** Both clocks of the kernel, read at one moment. */
export interface ClockReading {
	readonly jiffies: bigint;
	readonly monotonicNs: bigint;
}

const RATES = [100, 250, 300, 1000];
const MEASURE_MS = 200;
/* Linux starts counting five minutes before the 32-bit overflow. */
const EARLY_SECONDS = 300;
const SECOND_NS = 1e9;

/** Jiffies a second, which no file tells: from the moment of boot, or measured where that does not fit. */
export async function jiffiesPerSecond(read: () => ClockReading): Promise<number> {
	const first = read();
	const [rate, other] = RATES.filter((candidate) => isRate(candidate, first));
	// Five minutes after boot the counters of all rates meet.
	if (rate !== undefined && other === undefined) {
		return rate;
	}
	await sleep(MEASURE_MS);
	const second = read();
	const seconds = Number(second.monotonicNs - first.monotonicNs) / SECOND_NS;
	return closest(Number(second.jiffies - first.jiffies) / seconds);
}

export function isRate(rate: number, { jiffies, monotonicNs }: ClockReading): boolean {
	const atBoot = 2 ** 32 - EARLY_SECONDS * rate;
	const expected = atBoot + (Number(monotonicNs) / SECOND_NS) * rate;
	return Math.abs(Number(jiffies) - expected) < rate;
}

function closest(measured: number): number {
	return RATES.reduce((best, rate) => (Math.abs(rate - measured) < Math.abs(best - measured) ? rate : best));
}

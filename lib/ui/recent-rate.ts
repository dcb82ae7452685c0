/** How many a second over the last ten. */
export interface RecentRate {
	add(nowMs: number, count?: number): void;
	perSecond(nowMs: number): number;
}

const SECONDS = 10;

export function createRecentRate(): RecentRate {
	const counts = new Uint32Array(SECONDS);
	const seconds = new Float64Array(SECONDS).fill(-1);

	return {
		add(nowMs, count = 1) {
			const second = Math.floor(nowMs / 1000);
			const slot = second % SECONDS;
			if (seconds[slot] !== second) {
				seconds[slot] = second;
				counts[slot] = 0;
			}
			counts[slot]! += count;
		},
		perSecond(nowMs) {
			const now = Math.floor(nowMs / 1000);
			const recent = counts.filter((_, slot) => now - seconds[slot]! < SECONDS);
			return recent.reduce((sum, count) => sum + count, 0) / SECONDS;
		},
	};
}

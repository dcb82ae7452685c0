/** Flows per second over the last minute, or since the beginning where that is less. */
export interface FlowRate {
	add(nowMs: number): void;
	perSecond(nowMs: number): number;
}

const SECONDS = 60;

export function createFlowRate(startMs: number): FlowRate {
	const counts = new Uint32Array(SECONDS);
	let newest = Math.floor(startMs / 1000);

	/** Seconds without flows count as none. */
	function advance(nowMs: number): void {
		const second = Math.floor(nowMs / 1000);
		for (let passed = Math.min(second - newest, SECONDS); passed > 0; passed--) {
			counts[(second - passed + 1) % SECONDS] = 0;
		}
		newest = Math.max(newest, second);
	}

	return {
		add(nowMs) {
			advance(nowMs);
			counts[newest % SECONDS]!++;
		},
		perSecond(nowMs) {
			advance(nowMs);
			const elapsed = Math.min(Math.max((nowMs - startMs) / 1000, 1), SECONDS);
			return counts.reduce((sum, count) => sum + count, 0) / elapsed;
		},
	};
}

import { parseCidr } from '../ipam/cidr.js';
import { overlap, rangeOf } from '../ipam/range.js';
import type { Place } from './check.js';

/** Of CIDRs of either family, as they are written; what is none is told elsewhere. */
export function refuseOverlaps(texts: readonly unknown[], { path, report }: Place): void {
	const earlier: string[] = [];
	texts.forEach((text, i) => {
		const family = typeof text === 'string' ? parseCidr(text)?.family : undefined;
		if (typeof text !== 'string' || family === undefined) {
			return;
		}
		const same = earlier.filter((one) => parseCidr(one)!.family === family);
		const other = same.find((one) => overlap(rangeOf(one), rangeOf(text)));
		earlier.push(text);
		if (other !== undefined) {
			report.wrong([...path, i], text, `no address of ${other}`);
		}
	});
}

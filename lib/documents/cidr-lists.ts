import { parseCidr } from '../ipam/cidr.js';
import { earlierOverlaps } from '../ipam/range.js';
import type { Place } from './check.js';

/** Of CIDRs of either family, as they are written; what is none is told elsewhere. */
export function refuseOverlaps(texts: readonly unknown[], { path, report }: Place): void {
	const cidrs = texts.map((text) => (typeof text === 'string' && parseCidr(text) !== undefined ? text : undefined));
	earlierOverlaps(cidrs).forEach((other, i) => {
		if (other !== undefined) {
			report.wrong([...path, i], texts[i], `no address of ${other}`);
		}
	});
}

import { dropReasonText } from '../abi/drop-reason-text.js';
import { dropReasonNames } from '../abi/generated.js';
import type { FlowDropReason } from './flow.js';

const TEXTS: Readonly<Record<number, string>> = dropReasonText;

/** A number that this version does not know keeps its number. */
export function dropReason(number: number): FlowDropReason {
	const name = dropReasonNames[number] ?? `UNKNOWN_${number}`;
	return { number, name, text: TEXTS[number] ?? `Unknown drop reason ${number}` };
}

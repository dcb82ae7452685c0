import { tryTo } from '../store/sqlite.js';
import type { HistoryFile } from './file.js';
import type { FlowHistory } from './history.js';

const LOST = 'lost';
const STATE = 'state';
const WHOLE = 'whole';

/** What one process leaves for the next beside the flows. */
export interface Notes {
	readonly former: FlowHistory['former'];
	lost(count: bigint): void;
	/** @param whole everything that was appended is on disk */
	close(whole: boolean): void;
}

export function openNotes(file: HistoryFile): Notes {
	const lost = file.note(LOST);
	const former =
		lost === undefined || !/^\d+$/.test(lost) ? undefined : { lost: BigInt(lost), whole: file.note(STATE) === WHOLE };
	let noted = lost;
	// Until it is closed: a process that is killed leaves it so.
	tryTo(() => file.putNote(STATE, 'open'));
	return {
		former,
		lost(count) {
			if (noted !== String(count)) {
				noted = String(count);
				tryTo(() => file.putNote(LOST, String(count)));
			}
		},
		close: (whole) => tryTo(() => file.putNote(STATE, whole ? WHOLE : 'open')),
	};
}

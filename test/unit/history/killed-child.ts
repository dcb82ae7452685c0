/** Appends flow after flow to the file that it is told, and tells how many are on disk, until it is killed. */
import { openFlowHistory } from '../../../lib/history/open.js';
import { numbered, range } from './support.js';

const history = await openFlowHistory({ path: process.argv[2]!, flushMs: 5 });
let next = 0;
setInterval(() => {
	const { pending } = history.stats();
	process.send?.({ stored: next - pending });
	history.append(range(next, next + 700).map((i) => numbered(i)));
	next += 700;
}, 2);

import type { Flow } from './flow.js';
import { flowWords, type EndWords } from './words.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * One line as `hubble observe` prints it, in local time, with interface and network of each endpoint:
 * `Nov 23 08:40:00.123: default/client-cil1 (ID:256 cil1@jupiter) -> default/server-jupiter (ID:257 eth0@jupiter)
 * policy-verdict:none INGRESS DENIED (ICMPv4 EchoRequest)`
 */
export function formatFlow(flow: Flow): string {
	const { type, verdict, summary, ...words } = flowWords(flow);
	const [source, destination] = [formatEnd(words.source), formatEnd(words.destination)];
	const ends = flow.isReply ? `${destination} <- ${source}` : `${source} -> ${destination}`;
	return `${formatTime(flow.time)}: ${ends} ${type} ${verdict}${summary === '' ? '' : ` (${summary})`}`;
}

function formatEnd({ host, port, identity, place }: EndWords): string {
	return `${host}${port === '' ? '' : `:${port}`} (${identity} ${place})`;
}

function formatTime(time: Date): string {
	const two = (value: number) => String(value).padStart(2, '0');
	const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
	return `${MONTHS[time.getMonth()]} ${two(time.getDate())} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

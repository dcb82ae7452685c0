import { hostname } from 'node:os';
import { packageVersion } from '../cli/version.js';
import type { HeddleError } from '../errors.js';
import { flowPredicate } from '../flows/filter.js';
import type { FlowPredicate } from '../flows/filter.js';
import type { Flow } from '../flows/flow.js';
import { isServedFlow } from '../hubble/translate/flow.js';
import { fieldMask } from './field-mask.js';
import { flowJson } from './flow-json.js';
import type { LineSink } from './line-sink.js';
import { DEFAULT_BACKUPS, DEFAULT_SIZE_MB, STANDARD_OUTPUT, checkExportOptions } from './options.js';
import type { FlowExportOptions } from './options.js';
import { openRotatingFile } from './rotating-file.js';
import { createStandardOutput } from './standard-output.js';
import { formatTimestamp } from './timestamp.js';

/** Flows, and where it tells that, how many it could not give. */
export type FlowExportSource = AsyncIterable<Flow> & { readonly lost?: bigint };

export interface FlowExportStats {
	/** Flows that matched the lists and were handed to the file. */
	readonly exported: number;
	/** Of these, what the disk did not take. */
	readonly lost: number;
	/** Why the last write or rotation failed; absent while they succeed. */
	readonly failure?: HeddleError;
}

export interface FlowExport extends AsyncDisposable {
	/** Resolves when the source has ended and everything is written; rejects with the source's error. */
	readonly done: Promise<void>;
	stats(): FlowExportStats;
	/** Takes no more from the source, and waits for what was taken. */
	close(): Promise<void>;
}

/**
 * Writes flows as lines of JSON, as Hubble's exporter does: `{"flow":{…},"node_name":"…","time":"…"}`. Ends of conversations
 * are left out: Hubble has none. What the source lost is told by a line with `lost_events`.
 * @throws ERR_INVALID_ARGUMENT, ERR_STORE_FULL, ERR_STORE_READ_ONLY, ERR_STORE
 */
export function exportFlows(source: FlowExportSource, options: FlowExportOptions): FlowExport {
	checkExportOptions(options);
	const { allowList = [], denyList = [], fieldMask: paths = [], nodeName = hostname() } = options;
	const mask = paths.length === 0 ? undefined : fieldMask(paths);
	const isWanted = listPredicate(allowList.map(flowPredicate), denyList.map(flowPredicate));
	const version = packageVersion();
	const sink = openSink(options);
	const flows = source[Symbol.asyncIterator]();
	let exported = 0;
	let lostBefore = source.lost ?? 0n;
	let flushing: NodeJS.Immediate | undefined;
	let open = true;

	/** All that is ready at once is written at once. */
	function flushSoon(): void {
		flushing ??= setImmediate(() => {
			flushing = undefined;
			sink.flush();
		});
	}

	function tellLost(): void {
		const lost = source.lost ?? 0n;
		if (lost > lostBefore) {
			const lost_events = { source: 'PERF_EVENT_RING_BUFFER', num_events_lost: String(lost - lostBefore) };
			lostBefore = lost;
			const time = formatTimestamp(BigInt(Date.now()) * 1_000_000n);
			sink.add(JSON.stringify({ lost_events, node_name: nodeName, time }));
		}
	}

	function write(flow: Flow): void {
		tellLost();
		if (isServedFlow(flow) && isWanted(flow)) {
			const whole = flowJson(flow, nodeName, version);
			const time = whole['time'];
			sink.add(JSON.stringify({ flow: mask?.(whole) ?? whole, node_name: nodeName, time }));
			exported++;
		}
		flushSoon();
	}

	let ending: Promise<void> | undefined;
	function end(): Promise<void> {
		open = false;
		clearImmediate(flushing);
		ending ??= sink.close();
		return ending;
	}

	async function run(): Promise<void> {
		try {
			for (let next = await flows.next(); open && next.done !== true; next = await flows.next()) {
				write(next.value);
			}
		} finally {
			if (open) {
				tellLost();
			}
			await end();
		}
	}

	const done = run();
	// Whoever asks for it hears of it.
	done.catch(() => undefined);

	/** A source that is silent is not waited for. */
	async function close(): Promise<void> {
		const wasOpen = open;
		open = false;
		if (wasOpen) {
			Promise.resolve(flows.return?.()).catch(() => undefined);
		}
		await end();
	}

	return {
		done,
		stats: () => ({ exported, lost: sink.lost, ...(sink.failure === undefined ? {} : { failure: sink.failure }) }),
		close,
		[Symbol.asyncDispose]: close,
	};
}

function listPredicate(allow: readonly FlowPredicate[], deny: readonly FlowPredicate[]): FlowPredicate {
	return (flow) =>
		(allow.length === 0 || allow.some((matches) => matches(flow))) && !deny.some((matches) => matches(flow));
}

function openSink({ path, maxSizeMb, maxBackups, compress = false }: FlowExportOptions): LineSink {
	if (path === STANDARD_OUTPUT) {
		return createStandardOutput();
	}
	const maxBytes = (maxSizeMb ?? DEFAULT_SIZE_MB) * 2 ** 20;
	return openRotatingFile({ path, maxBytes, maxBackups: maxBackups ?? DEFAULT_BACKUPS, compress });
}

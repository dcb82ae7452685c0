import { randomUUID } from 'node:crypto';
import type { FlowCodec, LostEventMessage } from './codec.js';
import type { FlowMessage } from './messages/flow-message.js';
import { timestampNow, timestampOf } from './messages/timestamp.js';
import { flowMessage } from './translate/flow.js';
import type { ServedFlow, Teller } from './translate/flow.js';

/** Where events were lost, in numbers of flow.LostEventSource. */
export const LostSource = { KernelRing: 1, ClientQueue: 3 } as const;
export type LostSource = (typeof LostSource)[keyof typeof LostSource];

/** What the history holds and clients get. */
export type HubbleRecord = FlowRecord | LostRecord;

/** A flow that is translated and encoded once, and only where a client looks at it. */
export class FlowRecord {
	readonly kind = 'flow';
	#uuid: string | undefined;
	/** Made where a client looks at it: what is sent alone needs none. */
	#message: FlowMessage | undefined;
	#bytes: Uint8Array | undefined;

	constructor(
		readonly flow: ServedFlow,
		private readonly teller: Teller,
		private readonly codec: FlowCodec,
	) {}

	get timeNs(): bigint {
		return this.flow.timeNs;
	}

	get message(): FlowMessage {
		this.#message ??= flowMessage(this.flow, this.teller, this.#id());
		return this.#message;
	}

	bytes(mask?: (flow: FlowMessage) => FlowMessage): Uint8Array {
		if (mask !== undefined) {
			const { nodeName } = this.teller;
			return this.codec.encode({ flow: mask(this.message), node_name: nodeName, time: timestampOf(this.timeNs) });
		}
		this.#bytes ??= this.codec.encodeFlow(this.flow, this.#id());
		return this.#bytes;
	}

	#id(): string {
		this.#uuid ??= randomUUID();
		return this.#uuid;
	}
}

/** Flows that nobody can tell any more. */
export interface Loss {
	readonly source: LostSource;
	readonly count: number;
	readonly firstNs: bigint;
	readonly lastNs: bigint;
}

export class LostRecord {
	readonly kind = 'lost';

	constructor(
		readonly loss: Loss,
		private readonly teller: Teller,
		private readonly codec: FlowCodec,
	) {}

	get timeNs(): bigint {
		return this.loss.lastNs;
	}

	bytes(): Uint8Array {
		const { source, count, firstNs, lastNs } = this.loss;
		const lost: LostEventMessage = {
			source,
			num_events_lost: count,
			first: timestampOf(firstNs),
			last: timestampOf(lastNs),
		};
		return this.codec.encode({ lost_events: lost, node_name: this.teller.nodeName, time: timestampNow() });
	}
}

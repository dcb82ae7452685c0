import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import type { HubbleLibraries } from './libraries.js';

/** Messages of one call that are on their way to its client at the same time. */
const MOST = 64;

/** Lets several messages wait for the socket together: they leave in one write. Each alone would be a turn of the event loop. */
export function createWriteAhead({ grpc }: HubbleLibraries): ServerInterceptor {
	class WriteAheadCall extends grpc.ServerInterceptingCall {
		#underway = 0;
		#held: (() => void) | undefined;

		override sendMessage(message: unknown, callback: () => void): void {
			this.#underway++;
			super.sendMessage(message, () => this.#sent());
			if (this.#underway < MOST) {
				callback();
			} else {
				this.#held = callback;
			}
		}

		#sent(): void {
			this.#underway--;
			const held = this.#held;
			this.#held = undefined;
			held?.();
		}
	}
	return (_method: unknown, call: ServerInterceptingCallInterface) => new WriteAheadCall(call);
}

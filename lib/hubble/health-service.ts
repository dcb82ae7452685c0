import { HeddleError } from '../errors.js';
import type { Observer } from './observer.js';
import type { OpenStreams } from './open-streams.js';
import type { Streaming } from './service.js';
import { GrpcCode } from './status.js';

interface HealthRequest {
	readonly service: string;
}

const Serving = { Serving: 1, NotServing: 2, ServiceUnknown: 3 } as const;

/** The server as a whole, the name that `hubble status` asks for, and the services themselves. */
const SERVICES = new Set(['', 'hubble.server.Observer', 'observer.Observer', 'peer.Peer']);

/** `grpc.health.v1.Health`: whether flows still come. */
export function createHealthService(observer: Observer, silent: OpenStreams) {
	const state = () => (observer.ended === undefined ? Serving.Serving : Serving.NotServing);
	return {
		unary: {
			Check({ service }: HealthRequest): object {
				if (!SERVICES.has(service)) {
					throw new HeddleError(
						'ERR_NOT_FOUND',
						`service ${service}: found none, expected one of ${[...SERVICES].join(' ')}`,
						{
							grpc: GrpcCode.NotFound,
						},
					);
				}
				return { status: state() };
			},
		},
		streaming: {
			Watch({ service }: HealthRequest, call: Streaming): void {
				call.write({ status: SERVICES.has(service) ? state() : Serving.ServiceUnknown });
				const unsubscribe = observer.subscribe({
					record: () => undefined,
					end: () => void call.write({ status: Serving.NotServing }),
				});
				call.on('close', unsubscribe).on('cancelled', unsubscribe);
				silent.keep(call);
			},
		},
	};
}

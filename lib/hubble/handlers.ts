import type {
	Metadata,
	sendUnaryData,
	Server,
	ServerUnaryCall,
	UntypedHandleCall,
	UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { serviceDefinition } from './service.js';
import type { Streaming } from './service.js';
import type { Schema } from './schema.js';
import { statusOf } from './status.js';

export interface ServiceMethods {
	readonly unary: Readonly<Record<string, (request: never) => object>>;
	readonly streaming: Readonly<Record<string, (request: never, call: Streaming) => void>>;
}

export interface ServerHost {
	readonly server: Server;
	readonly schema: Schema;
	/** Sent at the beginning of each answer. */
	metadata(): Metadata;
	log(line: string): void;
}

export function addService(host: ServerHost, name: string, { unary, streaming }: ServiceMethods): void {
	const handlers: UntypedServiceImplementation = {};
	for (const [method, body] of Object.entries(unary)) {
		handlers[method] = unaryHandler(host, `${name}/${method}`, body) as UntypedHandleCall;
	}
	for (const [method, body] of Object.entries(streaming)) {
		handlers[method] = streamHandler(host, `${name}/${method}`, body) as UntypedHandleCall;
	}
	host.server.addService(serviceDefinition(host.schema.service(name)), handlers);
}

function unaryHandler(host: ServerHost, name: string, body: (request: never) => object) {
	return (call: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>): void => {
		call.sendMetadata(host.metadata());
		try {
			answer(null, body(call.request as never));
		} catch (error) {
			answer(refusal(host, name, error), null);
		}
	};
}

function streamHandler(host: ServerHost, name: string, body: (request: never, call: Streaming) => void) {
	return (call: Streaming): void => {
		// A client that follows a quiet node must not wait for the first flow to know that it is served.
		call.sendMetadata(host.metadata());
		// A client that goes is no error of the server's.
		call.on('error', () => undefined);
		try {
			body(call.request as never, call);
		} catch (error) {
			call.emit('error', refusal(host, name, error));
		}
	};
}

function refusal({ log }: ServerHost, name: string, error: unknown) {
	const status = statusOf(error);
	if (status.isFault) {
		log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	}
	return { code: status.code, details: status.details };
}

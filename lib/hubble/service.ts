import type { ServerWritableStream, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Service } from 'protobufjs';

/** A response is a message, or one that is encoded already. */
export type Streaming = ServerWritableStream<unknown, object | Uint8Array>;

/** What gRPC needs to know of a service of the schema. Requests come with all their fields, enums and 64-bit numbers as numbers. */
export function serviceDefinition(service: Service): ServiceDefinition<UntypedServiceImplementation> {
	const entries = service.methodsArray.map((method) => {
		// The schema resolved them.
		const { resolvedRequestType: request, resolvedResponseType: response } = method;
		return [
			method.name,
			{
				path: `/${service.fullName.slice(1)}/${method.name}`,
				requestStream: false,
				responseStream: method.responseStream === true,
				requestSerialize: (message: object) => Buffer.from(request!.encode(message).finish()),
				requestDeserialize: (bytes: Buffer) =>
					request!.toObject(request!.decode(bytes), { longs: Number, arrays: true, defaults: true }),
				responseSerialize: (message: object) =>
					asBuffer(isEncoded(message) ? message : response!.encode(message).finish()),
				responseDeserialize: (bytes: Buffer) => response!.toObject(response!.decode(bytes), { longs: Number }),
			},
		];
	});
	return Object.fromEntries(entries) as ServiceDefinition<UntypedServiceImplementation>;
}

function isEncoded(message: object): message is Uint8Array {
	return message instanceof Uint8Array;
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

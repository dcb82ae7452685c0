import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { loadSchema } from '../../../lib/hubble/schema.js';

const schema = loadSchema({ protobuf });

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a server answers is looked at field by field
export type Answer = any;

export interface TestClient {
	/** Every answer of a stream, or its error. */
	all(method: string, request?: object): Promise<Answer[]>;
	one(method: string, request?: object): Promise<Answer>;
	open(method: string, request?: object): OpenStream;
	/** What the server sent to a request written by hand. */
	raw(method: string, request: Uint8Array): Promise<Uint8Array[]>;
	close(): void;
}

export interface OpenStream {
	readonly answers: Answer[];
	readonly call: grpc.ClientReadableStream<Answer>;
	/** Waits until so many came. */
	count(count: number): Promise<Answer[]>;
	/** The error, or undefined where it ended well. */
	readonly ended: Promise<grpc.ServiceError | undefined>;
}

export function connectTo(address: string, credentials = grpc.credentials.createInsecure(), options = {}): TestClient {
	const client = new grpc.Client(address.replace('unix://', 'unix:'), credentials, options);

	function start(method: string, request: object): grpc.ClientReadableStream<Answer> {
		const [path, encode, decode] = codecOf(method);
		return client.makeServerStreamRequest(path, encode, decode, request);
	}

	function open(method: string, request: object = {}): OpenStream {
		const answers: Answer[] = [];
		const call = start(method, request);
		let wake = () => {};
		call.on('data', (answer: Answer) => {
			answers.push(answer);
			wake();
		});
		const ended = new Promise<grpc.ServiceError | undefined>((resolve) => {
			call.on('error', (error) => resolve(error as grpc.ServiceError));
			call.on('end', () => resolve(undefined));
		});
		return {
			answers,
			call,
			ended,
			async count(count) {
				while (answers.length < count) {
					await new Promise<void>((resolve) => (wake = resolve));
				}
				return answers;
			},
		};
	}

	return {
		open,
		async all(method, request = {}) {
			const stream = open(method, request);
			const error = await stream.ended;
			if (error !== undefined) {
				throw error;
			}
			return stream.answers;
		},
		one(method, request = {}) {
			const [path, encode, decode] = codecOf(method);
			return new Promise((resolve, reject) => {
				client.makeUnaryRequest(path, encode, decode, request, (error, answer) =>
					error === null ? resolve(answer) : reject(error),
				);
			});
		},
		raw(method, request) {
			const same = (bytes: Uint8Array) => Buffer.from(bytes);
			const call = client.makeServerStreamRequest(codecOf(method)[0], same, same, request);
			const answers: Uint8Array[] = [];
			return new Promise((resolve, reject) => {
				call.on('data', (bytes: Uint8Array) => answers.push(bytes));
				call.on('error', reject);
				call.on('end', () => resolve(answers));
			});
		},
		close: () => client.close(),
	};
}

function codecOf(method: string) {
	const [service = '', name = ''] = method.split('/');
	const { resolvedRequestType: request, resolvedResponseType: response } = schema.service(service).methods[name]!;
	const encode = (message: object) => Buffer.from(request!.encode(request!.fromObject(message)).finish());
	const decode = (bytes: Buffer) => response!.toObject(response!.decode(bytes), { longs: Number, enums: String });
	return [`/${service}/${name}`, encode, decode] as const;
}

/** A folder for sockets, gone after `use`. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'hubble-'));
	try {
		return await use(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

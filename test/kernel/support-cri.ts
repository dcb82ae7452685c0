/** The few calls of Kubernetes' Container Runtime Interface that a kubelet makes for a pod's sandbox: gRPC by hand. */
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';

export interface SandboxWish {
	readonly name: string;
	readonly annotations?: Readonly<Record<string, string>>;
	/** No namespace of its own: CNI is not asked. */
	readonly hostNetwork?: boolean;
	readonly cgroupParent: string;
	readonly logs: string;
}

/** @returns its id @throws what the runtime said */
export async function runPodSandbox(socket: string, wish: SandboxWish): Promise<string> {
	const { name, annotations = {}, hostNetwork = false, cgroupParent, logs } = wish;
	const metadata = [field(1, name), field(2, `uid-${name}`), field(3, 'default')];
	const namespaces = hostNetwork ? [field(2, [field(1, [Buffer.of(0x08, 2)])])] : [];
	const config = [
		field(1, metadata),
		...(hostNetwork ? [] : [field(2, name)]),
		field(3, logs),
		...Object.entries(annotations).map(([key, value]) => field(7, [field(1, key), field(2, value)])),
		field(8, [field(1, cgroupParent), ...namespaces]),
	];
	const answer = await call(socket, 'RunPodSandbox', field(1, config));
	// Its first field, the id: tag, length, text.
	return answer.subarray(2, 2 + answer[1]!).toString();
}

/** containerd asks for DEL twice: it stops what it removes. */
export async function removePodSandbox(socket: string, id: string): Promise<void> {
	await call(socket, 'StopPodSandbox', field(1, id));
	await call(socket, 'RemovePodSandbox', field(1, id));
}

/** Of protobuf: a text or a message. */
function field(number: number, value: string | readonly Buffer[]): Buffer {
	const body = typeof value === 'string' ? Buffer.from(value) : Buffer.concat(value);
	return Buffer.concat([Buffer.of((number << 3) | 2), variable(body.length), body]);
}

function variable(value: number): Buffer {
	return value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value & 127) | 128), variable(value >> 7)]);
}

function call(socket: string, method: string, message: Buffer): Promise<Buffer> {
	const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
	const path = `/runtime.v1.RuntimeService/${method}`;
	const stream = session.request({
		':method': 'POST',
		':path': path,
		'content-type': 'application/grpc',
		te: 'trailers',
	});
	const frame = Buffer.alloc(5);
	frame.writeUInt32BE(message.length, 1);
	stream.end(Buffer.concat([frame, message]));
	return new Promise<Buffer>((resolve, reject) => {
		const parts: Buffer[] = [];
		let ended: IncomingHttpHeaders = {};
		const see = (headers: IncomingHttpHeaders) => (ended = { ...ended, ...headers });
		stream.on('response', see).on('trailers', see);
		stream.on('data', (part: Buffer) => parts.push(part));
		stream.on('end', () => {
			const said = `${method}: ${String(ended['grpc-status'])} ${decodeURIComponent(String(ended['grpc-message']))}`;
			if (ended['grpc-status'] === '0') resolve(Buffer.concat(parts).subarray(frame.length));
			else reject(new Error(said));
		});
		session.on('error', reject);
		stream.on('error', reject);
	}).finally(() => session.close());
}

/** Loaded when a server is asked for: who serves no flows does not pay for gRPC. */
export interface HubbleLibraries {
	readonly grpc: typeof import('@grpc/grpc-js');
	readonly protobuf: typeof import('protobufjs');
	/** Client's regular expressions: RE2's syntax, in time linear to the text. */
	readonly RE2JS: typeof import('re2js').RE2JS;
}

export async function loadLibraries(): Promise<HubbleLibraries> {
	const [grpc, protobuf, { RE2JS }] = await Promise.all([
		import('@grpc/grpc-js'),
		import('protobufjs'),
		import('re2js'),
	]);
	return { grpc, protobuf: protobuf.default, RE2JS };
}

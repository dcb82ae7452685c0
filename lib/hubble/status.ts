import { HeddleError } from '../errors.js';

/** Codes of gRPC that this server answers with. */
export const GrpcCode = {
	InvalidArgument: 3,
	NotFound: 5,
	ResourceExhausted: 8,
	Internal: 13,
	Unavailable: 14,
} as const;
export type GrpcCode = (typeof GrpcCode)[keyof typeof GrpcCode];

/** As gRPC takes it for an error. */
export interface GrpcStatus {
	readonly code: GrpcCode;
	readonly details: string;
	/** Not the client's doing. */
	readonly isFault: boolean;
}

const CODES: Readonly<Record<string, GrpcCode>> = {
	ERR_INVALID_ARGUMENT: GrpcCode.InvalidArgument,
	ERR_NOT_FOUND: GrpcCode.NotFound,
};

export function statusOf(error: unknown): GrpcStatus {
	const known = error instanceof HeddleError ? CODES[error.code] : undefined;
	return known === undefined
		? { code: GrpcCode.Internal, details: 'internal error', isFault: true }
		: { code: known, details: (error as HeddleError).message, isFault: false };
}

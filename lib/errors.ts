/**
 * Every failure of heddle is a {@link HeddleError} with a stable `code`; its fields answer "why".
 */

export type ErrorCode = `ERR_${string}`;

/** What an error knows beside its message. Fields that do not apply are absent. */
export interface ErrorDetails {
	/** Positive errno of the system call that failed. */
	readonly errno?: number;
	readonly syscall?: string;
	/** The option, document field or struct member that is wrong. */
	readonly field?: string;
	readonly found?: unknown;
	readonly expected?: unknown;
	/** Name of the kernel map that is full, missing or of another layout. */
	readonly map?: string;
	/** Name of the kernel feature that is missing. */
	readonly feature?: string;
	readonly cause?: unknown;
	readonly [more: string]: unknown;
}

export class HeddleError extends Error {
	override readonly name: string = 'HeddleError';
	readonly code: ErrorCode;
	// Declared only: a field that does not apply is absent, not undefined.
	declare readonly errno?: number;
	declare readonly syscall?: string;
	declare readonly field?: string;
	declare readonly found?: unknown;
	declare readonly expected?: unknown;
	readonly details: ErrorDetails;

	constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.code = code;
		this.details = details;
		if (details.errno !== undefined) this.errno = details.errno;
		if (details.syscall !== undefined) this.syscall = details.syscall;
		if (details.field !== undefined) this.field = details.field;
		if ('found' in details) this.found = details.found;
		if ('expected' in details) this.expected = details.expected;
	}
}

/** The kernel refused a program. The message is one line; `log` is the verifier's whole answer. */
export class VerifierError extends HeddleError {
	override readonly name = 'VerifierError';
	readonly program: string;
	readonly log: readonly string[];

	constructor(program: string, summary: string, log: readonly string[], details: ErrorDetails = {}) {
		super('ERR_VERIFIER', `program ${program}: ${summary}`, details);
		this.program = program;
		this.log = log;
	}
}

/** One thing wrong in a document, and where. */
export interface PolicyIssue {
	readonly path: readonly (string | number)[];
	/** Line in the YAML text, from 1. */
	readonly line?: number;
	readonly message: string;
}

/** Documents were refused; nothing of them was applied. */
export class PolicyError extends HeddleError {
	override readonly name = 'PolicyError';
	readonly issues: readonly PolicyIssue[];

	constructor(issues: readonly PolicyIssue[], details: ErrorDetails = {}) {
		super('ERR_POLICY', describeIssues(issues), details);
		this.issues = issues;
	}
}

/** `spec.ingress[0].toPorts (line 12): unknown field` */
export function describeIssue(issue: PolicyIssue): string {
	const line = issue.line === undefined ? '' : ` (line ${issue.line})`;
	const path = describePath(issue.path);
	return path === '' ? `${issue.message}${line}` : `${path}${line}: ${issue.message}`;
}

function describePath(path: readonly (string | number)[]): string {
	let text = '';
	for (const part of path) {
		if (typeof part === 'number') text += `[${part}]`;
		else text += text === '' ? part : `.${part}`;
	}
	return text;
}

function describeIssues(issues: readonly PolicyIssue[]): string {
	const first = issues[0];
	if (first === undefined) return 'the documents were refused';
	const rest = issues.length - 1;
	return rest === 0 ? describeIssue(first) : `${describeIssue(first)} (and ${rest} more)`;
}

/** An option of the caller's is wrong. */
export function invalidArgument(field: string, found: unknown, expected: string): HeddleError {
	return new HeddleError('ERR_INVALID_ARGUMENT', `${field}: found ${describeValue(found)}, expected ${expected}`, {
		field,
		found,
		expected,
	});
}

/** The handle was closed before this call. */
export function closedError(what: string): HeddleError {
	return new HeddleError('ERR_CLOSED', `${what} is closed`);
}

/** A value as a short piece of a message. */
export function describeValue(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
	if (typeof value === 'bigint') return `${value}n`;
	if (value === null || typeof value !== 'object') return String(value);
	return Array.isArray(value) ? `an array of ${value.length}` : `a ${value.constructor?.name ?? 'object'}`;
}

/** True for errors of heddle, of one code where one is given. */
export function isHeddleError(error: unknown, code?: ErrorCode): error is HeddleError {
	return error instanceof HeddleError && (code === undefined || error.code === code);
}

interface NativeErrorShape extends Error {
	readonly code?: unknown;
	readonly [more: string]: unknown;
}

/**
 * What the addon threw, as an error of ours: same code, message and fields, with `doing` before the message.
 * Errors of ours pass through unchanged.
 */
export function wrapNativeError(error: unknown, doing?: string): HeddleError {
	if (error instanceof HeddleError) return error;
	if (!(error instanceof Error)) return new HeddleError('ERR_NATIVE', sentence(doing, String(error)), { cause: error });
	const native = error as NativeErrorShape;
	const details = { ...native, cause: error };
	const code = isErrorCode(native.code) ? native.code : 'ERR_NATIVE';
	if (code === 'ERR_VERIFIER') return verifierError(native, details);
	return new HeddleError(code, sentence(doing, error.message), details);
}

/** Runs `body`, a call into the addon; see {@link wrapNativeError}. */
export function wrapNative<T>(body: () => T, doing?: string): T {
	try {
		return body();
	} catch (error) {
		throw wrapNativeError(error, doing);
	}
}

/** As {@link wrapNative}, for calls that return a promise. */
export async function wrapNativeAsync<T>(body: () => Promise<T>, doing?: string): Promise<T> {
	try {
		return await body();
	} catch (error) {
		throw wrapNativeError(error, doing);
	}
}

function verifierError(native: NativeErrorShape, details: ErrorDetails): VerifierError {
	const program = typeof native['program'] === 'string' ? native['program'] : '(unknown)';
	const summary = typeof native['summary'] === 'string' ? native['summary'] : native.message;
	const log = typeof native['log'] === 'string' ? native['log'].split('\n') : [];
	return new VerifierError(program, summary, log, details);
}

function isErrorCode(code: unknown): code is ErrorCode {
	return typeof code === 'string' && code.startsWith('ERR_');
}

function sentence(doing: string | undefined, message: string): string {
	return doing === undefined ? message : `${doing}: ${message}`;
}

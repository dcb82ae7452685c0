import { request, type IncomingMessage } from 'node:http';
import { HeddleError, type ErrorCode, type ErrorDetails } from '../../errors.js';
import type { OptionSpecs, Options } from '../options.js';

/** As `AgentConfig.socket` has it; the configuration itself belongs to the agent. */
const DEFAULT_SOCKET = '/run/heddle/agent.sock';

export const SOCKET_OPTION = {
	socket: { value: 'PATH', help: `the agent's (default ${DEFAULT_SOCKET})` },
} as const satisfies OptionSpecs;

/** One agent, asked over its socket. */
export interface AgentClient {
	/** A body makes it a POST. @throws ERR_NO_AGENT, and what the agent refused it with */
	ask<T>(path: string, body?: unknown): Promise<T>;
	/** Lines of JSON as they come; leaving the loop ends it in the agent. @throws as `ask` */
	lines<T>(path: string, body: unknown): AsyncGenerator<T, void>;
}

export function agentClient(options: Options): AgentClient {
	const socket = options.get('socket') ?? DEFAULT_SOCKET;
	return {
		async ask<T>(path: string, body?: unknown) {
			return JSON.parse(await textOf(await send(socket, path, body))) as T;
		},
		async *lines<T>(path: string, body: unknown) {
			const response = await send(socket, path, body);
			try {
				for await (const line of linesOf(response)) {
					yield JSON.parse(line) as T;
				}
			} catch (error) {
				throw isCut(error) ? goneAgent(socket, error) : error;
			} finally {
				response.destroy();
			}
		},
	};
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
	let rest = '';
	for await (const part of response.setEncoding('utf8')) {
		const lines = (rest + String(part)).split('\n');
		rest = lines.pop()!;
		yield* lines;
	}
}

/** What was told is not all there was. */
function isCut(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

function goneAgent(socket: string, cause: Error): HeddleError {
	return new HeddleError('ERR_NO_AGENT', `--socket ${socket}: found the agent gone, expected it to go on`, {
		field: 'socket',
		found: socket,
		cause,
	});
}

async function send(socketPath: string, path: string, body: unknown): Promise<IncomingMessage> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const method = body === undefined ? 'GET' : 'POST';
		const sent = request({ socketPath, path, method, agent: false }, resolve);
		sent.once('error', (cause: NodeJS.ErrnoException) => reject(noAgent(socketPath, cause)));
		sent.end(body === undefined ? undefined : JSON.stringify(body));
	});
	if (response.statusCode !== 200) {
		throw refusal(await textOf(response));
	}
	return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
	let text = '';
	for await (const part of response.setEncoding('utf8')) {
		text += String(part);
	}
	return text;
}

function noAgent(socket: string, cause: NodeJS.ErrnoException): HeddleError {
	const found = cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT' ? 'no agent there' : cause.message;
	return new HeddleError('ERR_NO_AGENT', `--socket ${socket}: found ${found}, expected one that runs: heddle agent`, {
		field: 'socket',
		found: socket,
		cause,
	});
}

function refusal(text: string): HeddleError {
	const { code, message, details } = JSON.parse(text) as {
		code: ErrorCode;
		message: string;
		details: ErrorDetails;
	};
	return new HeddleError(code, message, details);
}

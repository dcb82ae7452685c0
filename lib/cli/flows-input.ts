import { createReadStream } from 'node:fs';
import { describeValue, HeddleError } from '../errors.js';
import { reading } from '../documents/reading.js';
import type { Io } from './io.js';
import { usageError } from './options.js';

/** Flows of files and of stdin, `-`. @throws ERR_USAGE naming file and line, ERR_UNREADABLE */
export async function readFlows(paths: readonly string[], { stdin }: Io): Promise<object[]> {
	const flows: object[] = [];
	for (const path of paths) {
		const [file, stream] = path === '-' ? ['(stdin)', stdin] : [path, createReadStream(path)];
		await reading(path, collect(file, stream, flows));
	}
	return flows;
}

/** One flow a line, however many there are; or, where the first line opens one, a list of them. */
async function collect(file: string, stream: AsyncIterable<string | Uint8Array>, flows: object[]): Promise<void> {
	let list: string[] | undefined;
	let number = 0;
	for await (const line of linesOf(file, stream)) {
		number++;
		if (list === undefined && flows.length === 0 && line.trimStart().startsWith('[')) {
			list = [];
		}
		if (list !== undefined) {
			list.push(line);
		} else if (line.trim() !== '') {
			flows.push(checkFlow(parseJson(line, `${file}:${number}`), `${file}:${number}`));
		}
	}
	const whole = list === undefined ? [] : parseJson(list.join('\n'), file);
	for (const [i, flow] of (whole as unknown[]).entries()) {
		flows.push(checkFlow(flow, `${file}: flow ${i}`));
	}
}

async function* linesOf(file: string, stream: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let rest = '';
	for await (const chunk of stream) {
		const text = typeof chunk === 'string' ? chunk : decode(file, () => decoder.decode(chunk, { stream: true }));
		const lines = text.split('\n');
		lines[0] = rest + lines[0]!;
		rest = lines.pop()!;
		yield* lines;
	}
	yield rest + decode(file, () => decoder.decode());
}

function decode(file: string, work: () => string): string {
	try {
		return work();
	} catch (cause) {
		throw new HeddleError('ERR_UNREADABLE', `cannot read ${file}: found bytes that are no UTF-8`, {
			found: file,
			cause,
		});
	}
}

function parseJson(text: string, place: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw usageError(`${place}: found ${describeValue(text)}, expected a flow as JSON, one a line`);
	}
}

function checkFlow(flow: unknown, place: string): object {
	if (typeof flow !== 'object' || flow === null || Array.isArray(flow)) {
		throw usageError(`${place}: found ${describeValue(flow)}, expected a flow: an object`);
	}
	return flow;
}

import { describeValue } from '../errors.js';
import { usageError } from './options.js';
import type { Source } from './inputs.js';

/** One flow a line, or a list of them. @throws ERR_USAGE naming file and line */
export function parseFlows({ file, text }: Source): object[] {
	const whole = text.trimStart().startsWith('[') ? tryJson(text) : undefined;
	if (Array.isArray(whole)) {
		return whole.map((flow: unknown, i) => checkFlow(flow, `${file}: flow ${i}`));
	}
	return text.split('\n').flatMap((line, i) => {
		if (line.trim() === '') {
			return [];
		}
		const place = `${file}:${i + 1}`;
		const flow = tryJson(line);
		if (flow === undefined) {
			throw usageError(`${place}: found ${describeValue(line)}, expected a flow as JSON, one a line`);
		}
		return [checkFlow(flow, place)];
	});
}

function checkFlow(flow: unknown, place: string): object {
	if (typeof flow !== 'object' || flow === null || Array.isArray(flow)) {
		throw usageError(`${place}: found ${describeValue(flow)}, expected a flow: an object`);
	}
	return flow;
}

function tryJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

import { HeddleError } from '../errors.js';
import { withDefaults, type DocumentLimits } from './limits.js';
import { readDocuments, type ReadResult } from './parse.js';

export interface StreamOptions extends DocumentLimits {
	/** What issues call the stream. */
	readonly file?: string;
}

/** What a stream says is read when it has ended; one that is too long is left before. @throws ERR_UNREADABLE */
export async function readStream(
	stream: AsyncIterable<string | Uint8Array>,
	{ file, ...limits }: StreamOptions = {},
): Promise<ReadResult> {
	const text = await textOfStream(stream, withDefaults(limits).length, file ?? 'the stream');
	return readDocuments([file === undefined ? text : { file, text }], limits);
}

/** Text of a stream, of one that is too long enough to tell. @throws ERR_UNREADABLE */
export async function textOfStream(
	stream: AsyncIterable<string | Uint8Array>,
	longest: number,
	name: string,
): Promise<string> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let text = '';
	for await (const chunk of stream) {
		text += typeof chunk === 'string' ? chunk : decoded(name, () => decoder.decode(chunk, { stream: true }));
		if (text.length > longest) {
			// The reader says so, with the length there is by now.
			return text;
		}
	}
	return text + decoded(name, () => decoder.decode());
}

function decoded(name: string, decode: () => string): string {
	try {
		return decode();
	} catch (cause) {
		throw new HeddleError('ERR_UNREADABLE', `cannot read ${name}: found bytes that are no UTF-8`, {
			found: name,
			cause,
		});
	}
}

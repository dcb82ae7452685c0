import { HeddleError, invalidArgument } from '../../errors.js';
import type { HubbleLibraries } from '../libraries.js';
import type { Schema } from '../schema.js';
import type { FilterTools } from './test.js';

const LONGEST = 4096;

export function createFilterTools({ RE2JS }: Pick<HubbleLibraries, 'RE2JS'>, schema: Schema): FilterTools {
	return {
		has: schema.has,
		regular(text, field) {
			if (text.length > LONGEST) {
				throw invalidArgument(field, text, `at most ${LONGEST} characters`);
			}
			try {
				const compiled = RE2JS.compile(text);
				return (found) => compiled.test(found);
			} catch (cause) {
				const expected = `a regular expression of RE2 (${cause instanceof Error ? cause.message : String(cause)})`;
				throw new HeddleError('ERR_INVALID_ARGUMENT', `${field}: found ${JSON.stringify(text)}, expected ${expected}`, {
					field,
					found: text,
					expected,
				});
			}
		},
	};
}

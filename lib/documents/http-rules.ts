import { list, object, optional, refine, required, type Check } from './check.js';
import type { HttpHeaderMatch, HttpRule } from './l7-rules.js';
import { complaintAbout } from './regular-expression.js';
import { oneOf, string } from './scalars.js';

/** What Envoy's engine takes: time linear in the text it is matched on. */
const regularExpression: Check<string> = refine(string(), (text, { path, report }) => {
	const complaint = complaintAbout(text);
	return complaint === undefined ? text : report.wrong(path, text, `a regular expression (RE2): ${complaint}`);
});

const filled = string(/./s, 'a string that is not empty');

const headerMatch: Check<HttpHeaderMatch> = object({
	name: required(filled),
	value: optional(string()),
	mismatch: optional(oneOf('LOG', 'ADD', 'DELETE', 'REPLACE')),
	secret: optional(object({ namespace: optional(string()), name: required(filled) })),
});

export const httpRule: Check<HttpRule> = object({
	method: optional(regularExpression),
	path: optional(regularExpression),
	host: optional(regularExpression),
	headers: optional(list(string())),
	headerMatches: optional(list(headerMatch)),
});

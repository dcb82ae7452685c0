import { fieldOf, isMapping, type Mapping } from './check.js';
import { describe } from './describe.js';
import { documentName } from './document.js';
import { isKnownKind } from './kinds.js';

/** The best name for a document that may not be one. */
export function nameOfValue(value: unknown): string {
	const document = isMapping(value) ? value : {};
	const metadata = fieldOf(document, 'metadata');
	const { name, namespace } = isMapping(metadata) ? metadata : ({} as Mapping);
	const kind = fieldOf(document, 'kind');
	const shownKind = typeof kind === 'string' ? short(kind) : '(unknown kind)';
	if (typeof name !== 'string') {
		return `${shownKind} ${name === undefined ? '(unnamed)' : describe(name)}`;
	}
	const within = typeof namespace === 'string' ? { namespace: short(namespace) } : {};
	return isKnownKind(kind)
		? documentName({ kind, metadata: { name: short(name), ...within } })
		: `${shownKind} ${within.namespace === undefined ? '' : `${within.namespace}/`}${short(name)}`;
}

/** What is longer is no name, and would be said with each issue. */
function short(text: string): string {
	return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

import { isAudit } from '../documents/audit.js';
import { documentName, type PolicyDocument } from '../documents/document.js';
import { formatPath, type DocumentPath } from '../documents/issue.js';
import type { RuleContext } from './context.js';
import type { RuleOrigin } from './origins.js';

/** A document whose rules are being read. */
export interface RulePlace {
	readonly context: RuleContext;
	/** What it denies is forwarded and reported. */
	readonly audit: boolean;
	/** The number that names the rule at a path. */
	cookieOf(path: DocumentPath, details?: Pick<RuleOrigin, 'l7' | 'authentication'>): number;
}

export function placeOf(document: PolicyDocument, context: RuleContext): RulePlace {
	const name = documentName(document);
	const { file } = document.source;
	return {
		context,
		audit: isAudit(document),
		cookieOf(path, details = {}) {
			const line = document.source.locate(path)?.line;
			return context.origins.cookieOf({
				document: name,
				path: formatPath(path),
				...(file === undefined ? {} : { file }),
				...(line === undefined ? {} : { line }),
				...details,
			});
		},
	};
}

import type { Metadata } from './metadata.js';
import { refine, type Check } from './check.js';

export const AUDIT_ANNOTATION = 'policy.heddle.io/audit-mode';

/** What the policy denies is forwarded and reported. */
export function isAudit(document: { readonly metadata: Metadata }): boolean {
	return auditOf(document.metadata) === 'true';
}

/** Metadata of a policy: a mode that is misspelled would be one that is off. */
export function policyMetadata(metadata: Check<Metadata>): Check<Metadata> {
	return refine(metadata, (found, { path, report }) => {
		const mode = auditOf(found);
		return mode === undefined || mode === 'true' || mode === 'false'
			? found
			: report.wrong([...path, 'annotations', AUDIT_ANNOTATION], mode, '"true" or "false"');
	});
}

function auditOf({ annotations }: Metadata): string | undefined {
	return annotations?.[AUDIT_ANNOTATION];
}

import { fieldOf, isMapping } from './check.js';
import type { HeddleDocument } from './document.js';
import { nameOfValue } from './document-names.js';
import { createReport, type Report } from './issue.js';
import { isKnownKind, KINDS, OTHER_KINDS } from './kinds.js';
import type { RawDocument } from './raw-document.js';

const KNOWN = Object.entries(KINDS)
	.map(([name, { apiVersion }]) => `${name} (${apiVersion})`)
	.join(', ');

/** One document, or undefined where it is wrong; the report says all that is. */
export function checkDocument({ value, source }: RawDocument): { document?: HeddleDocument; report: Report } {
	const report = createReport(nameOfValue(value), source);
	if (!isMapping(value)) {
		report.wrong([], value, 'an object with apiVersion and kind');
		return { report };
	}
	const kind = fieldOf(value, 'kind');
	const apiVersion = fieldOf(value, 'apiVersion');
	if (!isKnownKind(kind)) {
		refuseKind(kind, report);
		return { report };
	}
	if (apiVersion !== KINDS[kind].apiVersion) {
		report.wrong(['apiVersion'], apiVersion, KINDS[kind].apiVersion);
		return { report };
	}
	const checked = KINDS[kind].check(value, { path: [], report });
	return checked === undefined ? { report } : { report, document: { ...checked, kind, source } as HeddleDocument };
}

function refuseKind(kind: unknown, report: Report): void {
	const why = typeof kind === 'string' && Object.hasOwn(OTHER_KINDS, kind) ? OTHER_KINDS[kind]! : undefined;
	report.wrong(['kind'], kind, why === undefined ? KNOWN : `another kind: ${why}`);
}

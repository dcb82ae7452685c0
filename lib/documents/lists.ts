import { fieldOf, isMapping, type Mapping } from './check.js';
import { isKnownKind } from './kinds.js';
import { createReport, type DocumentIssue } from './issue.js';
import type { RawDocument } from './raw-document.js';

/** What lists may have beside their items. */
const KNOWN = ['apiVersion', 'kind', 'metadata', 'items'];

/**
 * The documents in a list, each with its own positions; a document that is no list, itself. Lists of one kind
 * (`PodList`) need not say the kind again with each item.
 */
export function documentsIn(raw: RawDocument, issues: (found: readonly DocumentIssue[]) => void): RawDocument[] {
	const { value, source } = raw;
	const kind = isMapping(value) ? itemKindOf(value) : undefined;
	if (!isMapping(value) || kind === undefined) {
		return [raw];
	}
	const report = createReport(String(value['kind']), source);
	for (const name of Object.keys(value).filter((key) => !KNOWN.includes(key))) {
		report.refuse([name], `unknown or unsupported field, expected one of ${KNOWN.join(', ')}`);
	}
	const items = fieldOf(value, 'items') ?? [];
	if (!Array.isArray(items)) {
		report.wrong(['items'], items, 'a list');
	}
	issues(report.issues);
	return !Array.isArray(items)
		? []
		: items.flatMap((item: unknown, i) => {
				const within: RawDocument = {
					...raw,
					value: kind === '' ? item : inherit(item, kind, value['apiVersion']),
					source: { ...source, locate: (path) => source.locate(['items', i, ...path]) },
				};
				return documentsIn(within, issues);
			});
}

/** Kind of a list's items, '' where each says its own; undefined for what is no list. */
function itemKindOf({ kind, apiVersion }: Mapping): string | undefined {
	if (typeof kind !== 'string' || !kind.endsWith('List')) {
		return undefined;
	}
	const items = kind.slice(0, -'List'.length);
	if (items === '') {
		return apiVersion === 'v1' ? '' : undefined;
	}
	return isKnownKind(items) ? items : undefined;
}

function inherit(item: unknown, kind: string, apiVersion: unknown): unknown {
	return isMapping(item)
		? { ...item, apiVersion: fieldOf(item, 'apiVersion') ?? apiVersion, kind: fieldOf(item, 'kind') ?? kind }
		: item;
}

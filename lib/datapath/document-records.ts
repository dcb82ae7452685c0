import * as abi from '../abi/generated.js';
import { documentName } from '../documents/document.js';
import type { PolicyDocument } from '../documents/document.js';
import { formatPath } from '../documents/issue.js';
import type { Records } from '../kernel/records.js';
import type { Origins, RuleOrigin } from '../rules/origins.js';

/** Policy documents as a later process finds them. */
export interface DocumentRecords {
	/** Undefined: it is forgotten. */
	put(name: string, document: PolicyDocument | undefined): void;
	/** All there are; their rules keep their numbers. */
	restore(): readonly PolicyDocument[];
}

/** A checked document, with the numbers and lines of its rules. */
interface DocumentRecord {
	readonly document: Omit<PolicyDocument, 'source'>;
	readonly index: number;
	readonly file?: string;
	readonly origins: readonly (readonly [number, RuleOrigin])[];
}

/* Below are the rows by hand (row-memory.ts), above the services (known-services.ts). */
const FIRST_DOCUMENT = 0x8000_0000;
const LAST_DOCUMENT = 0xbfff_ffff;

export function createDocumentRecords(records: Records, origins: Origins): DocumentRecords {
	const numbers = new Map<string, number>();
	let next = FIRST_DOCUMENT;

	function numberOf(name: string): number {
		const known = numbers.get(name) ?? next++;
		numbers.set(name, known);
		return known;
	}

	return {
		put(name, document) {
			const id = numberOf(name);
			if (document === undefined) {
				records.delete(abi.RecordKind.Policy, id);
			} else {
				records.put(abi.RecordKind.Policy, id, recordOf(document, origins));
			}
		},
		restore() {
			const found = records
				.all<DocumentRecord>(abi.RecordKind.Policy)
				.filter(({ id }) => id >= FIRST_DOCUMENT && id <= LAST_DOCUMENT);
			return found.map(({ id, value }) => {
				const document = documentOf(value);
				numbers.set(documentName(document), id);
				next = Math.max(next, id + 1);
				origins.adopt(value.origins);
				return document;
			});
		},
	};
}

function recordOf({ source, ...document }: PolicyDocument, origins: Origins): DocumentRecord {
	return {
		document,
		index: source.index,
		...(source.file === undefined ? {} : { file: source.file }),
		origins: origins.of(documentName(document)),
	};
}

function documentOf({ document, index, file, origins }: DocumentRecord): PolicyDocument {
	const lines = new Map(origins.map(([, { path, line }]) => [path, line]));
	const locate = (path: readonly (string | number)[]) => {
		const line = lines.get(formatPath(path));
		return line === undefined ? undefined : { line, column: 1 };
	};
	return { ...document, source: { index, ...(file === undefined ? {} : { file }), locate } } as PolicyDocument;
}

import { documentName } from '../documents/document.js';
import type { CiliumNetworkPolicy } from '../documents/document.js';
import { formatPath } from '../documents/issue.js';
import type { Origins, RuleOrigin } from '../rules/origins.js';

/** A checked document as a later process finds it, with the numbers and lines of its rules. */
interface PolicyRecord {
	readonly document: Omit<CiliumNetworkPolicy, 'source'>;
	readonly index: number;
	readonly file?: string;
	readonly origins: readonly (readonly [number, RuleOrigin])[];
}

export function writePolicyRecord({ source, ...document }: CiliumNetworkPolicy, origins: Origins): PolicyRecord {
	const name = documentName(document);
	return {
		document,
		index: source.index,
		...(source.file === undefined ? {} : { file: source.file }),
		origins: origins.entries().filter(([, origin]) => origin.document === name),
	};
}

export function readPolicyRecord(value: unknown): {
	document: CiliumNetworkPolicy;
	origins: readonly (readonly [number, RuleOrigin])[];
} {
	const { document, index, file, origins } = value as PolicyRecord;
	const lines = new Map(origins.map(([, { path, line }]) => [path, line]));
	return {
		document: {
			...document,
			source: {
				index,
				...(file === undefined ? {} : { file }),
				locate(path) {
					const line = lines.get(formatPath(path));
					return line === undefined ? undefined : { line, column: 1 };
				},
			},
		},
		origins,
	};
}

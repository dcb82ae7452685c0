import { describeValue } from '../errors.js';
import { isMapping, object, refine, required, string, type Check } from './check.js';
import { documentName, type DocumentKind, type HeddleDocument } from './document.js';
import { createReport, throwIssues, type DocumentIssue, type DocumentSource } from './issue.js';
import { networkPolicy, refuseOtherNamespace } from './network-policy.js';
import { podNetwork } from './pod-network.js';
import { pod } from './pod.js';
import { podIpPool } from './pool.js';
import { readYaml, type RawDocument, type YamlLimits } from './yaml.js';

/** Text of a file, or of no file, or a document that is an object already. */
export type DocumentInput =
	string | { readonly file: string; readonly text: string } | Readonly<Record<string, unknown>>;

export interface ReadResult {
	readonly documents: readonly HeddleDocument[];
	readonly issues: readonly DocumentIssue[];
	readonly warnings: readonly DocumentIssue[];
}

interface Kind {
	readonly apiVersion: string;
	readonly check: Check<object>;
}

const head = { apiVersion: required(string()), kind: required(string()) };

const KINDS: Readonly<Record<DocumentKind, Kind>> = {
	CiliumPodIPPool: { apiVersion: 'cilium.io/v2alpha1', check: object({ ...head, ...podIpPool }) },
	IsovalentPodNetwork: { apiVersion: 'isovalent.com/v1alpha1', check: object({ ...head, ...podNetwork }) },
	Pod: { apiVersion: 'v1', check: object({ ...head, ...pod }) },
	CiliumNetworkPolicy: {
		apiVersion: 'cilium.io/v2',
		check: refine(object({ ...head, ...networkPolicy }), refuseOtherNamespace),
	},
};

/** Reads and checks documents. @throws PolicyError with every issue of every document */
export function parseDocuments(...inputs: readonly DocumentInput[]): readonly HeddleDocument[] {
	const { documents, issues } = readDocuments(inputs);
	throwIssues(issues);
	return documents;
}

/** As {@link parseDocuments}, with what is right beside what is wrong. */
export function readDocuments(inputs: Iterable<DocumentInput>, limits?: YamlLimits): ReadResult {
	const documents: HeddleDocument[] = [];
	const issues: DocumentIssue[] = [];
	for (const input of inputs) {
		const raw = readInput(input, limits);
		issues.push(...raw.issues);
		for (const each of raw.documents.flatMap(itemsOf)) {
			const document = checkDocument(each, issues);
			if (document !== undefined) {
				documents.push(document);
			}
		}
	}
	refuseTwice(documents, issues);
	return { documents, issues, warnings: [] };
}

function readInput(input: DocumentInput, limits?: YamlLimits): { documents: RawDocument[]; issues: DocumentIssue[] } {
	if (typeof input === 'string') {
		return readYaml(input, undefined, limits);
	}
	if (typeof input.file === 'string' && typeof input.text === 'string') {
		return readYaml(input.text, input.file, limits);
	}
	return { documents: [{ value: input, source: { index: 0, locate: () => undefined } }], issues: [] };
}

/** The documents in a `List`, each with its own positions. */
function itemsOf(raw: RawDocument): RawDocument[] {
	const { value, source } = raw;
	if (!isMapping(value) || value['apiVersion'] !== 'v1' || value['kind'] !== 'List' || !Array.isArray(value['items'])) {
		return [raw];
	}
	return value['items'].map((item: unknown, i) => ({
		value: item,
		source: { ...source, locate: (path) => source.locate(['items', i, ...path]) },
	}));
}

function checkDocument({ value, source }: RawDocument, issues: DocumentIssue[]): HeddleDocument | undefined {
	const report = createReport(nameOf(value), source);
	const kind = kindOf(value);
	const found = isMapping(value) ? value['apiVersion'] : undefined;
	let checked: object | undefined;
	if (kind === undefined) {
		const expected = Object.entries(KINDS).map(([name, { apiVersion }]) => `${name} (${apiVersion})`);
		report.wrong(isMapping(value) ? ['kind'] : [], isMapping(value) ? value['kind'] : value, expected.join(', '));
	} else if (found !== KINDS[kind].apiVersion) {
		report.wrong(['apiVersion'], found, KINDS[kind].apiVersion);
	} else {
		checked = KINDS[kind].check(value, { path: [], report });
	}
	issues.push(...report.issues);
	return checked === undefined ? undefined : ({ ...checked, kind, source } as HeddleDocument);
}

function kindOf(value: unknown): DocumentKind | undefined {
	const kind = isMapping(value) ? value['kind'] : undefined;
	return typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? (kind as DocumentKind) : undefined;
}

/** The best name for a document that may not be one. */
function nameOf(value: unknown): string {
	const kind = isMapping(value) && typeof value['kind'] === 'string' ? value['kind'] : '(unknown kind)';
	const metadata = isMapping(value) && isMapping(value['metadata']) ? value['metadata'] : {};
	const { name, namespace } = metadata;
	if (typeof name !== 'string') {
		return `${kind} ${name === undefined ? '(unnamed)' : describeValue(name)}`;
	}
	return documentName({
		kind: kind as DocumentKind,
		metadata: { name, ...(typeof namespace === 'string' ? { namespace } : {}) },
	});
}

function refuseTwice(documents: readonly HeddleDocument[], issues: DocumentIssue[]): void {
	const seen = new Map<string, DocumentSource>();
	for (const document of documents) {
		const name = documentName(document);
		const first = seen.get(name);
		if (first !== undefined) {
			const report = createReport(name, document.source);
			const where = [first.file, first.locate(['metadata', 'name'])?.line]
				.filter((part) => part !== undefined)
				.join(':');
			report.refuse(['metadata', 'name'], `given twice, expected once${where === '' ? '' : `; first in ${where}`}`);
			issues.push(...report.issues);
		}
		seen.set(name, first ?? document.source);
	}
}

import type { Datapath } from '../datapath/datapath.js';
import type { EndpointPort } from '../datapath/endpoint-options.js';
import { documentName, isPolicy } from '../documents/document.js';
import type { DocumentKind, HeddleDocument, PolicyDocument } from '../documents/document.js';
import type { PodDescription } from '../pods/pod-request.js';
import { namedPortsOf } from '../documents/pod.js';
import { protocolName } from '../policy/protocols.js';
import type { Store, StoreChange } from '../store/store.js';

export const DOCUMENT_KIND = 'document';

type Kind<Name extends DocumentKind> = Extract<HeddleDocument, { kind: Name }>;

/** Documents that are no policies, and what pods ask of them. Policies are the datapath's. */
export interface DocumentTable extends Iterable<HeddleDocument> {
	get(name: string): HeddleDocument | undefined;
	find<Name extends DocumentKind>(kind: Name, name: string, namespace?: string): Kind<Name> | undefined;
	ofKind<Name extends DocumentKind>(kind: Name): Kind<Name>[];
	/** Undefined: it is not there any more. */
	set(name: string, document: HeddleDocument | undefined): void;
}

export function createDocumentTable(): DocumentTable {
	const byName = new Map<string, HeddleDocument>();
	return {
		get: (name) => byName.get(name),
		find<Name extends DocumentKind>(kind: Name, name: string, namespace = 'default') {
			return byName.get(documentName({ kind, metadata: { name, namespace } })) as Kind<Name> | undefined;
		},
		ofKind<Name extends DocumentKind>(kind: Name) {
			return [...byName.values()].filter((document): document is Kind<Name> => document.kind === kind);
		},
		set(name, document) {
			if (document === undefined) {
				byName.delete(name);
			} else {
				byName.set(name, document);
			}
		},
		[Symbol.iterator]: () => byName.values(),
	};
}

export function documentChange(name: string, document: HeddleDocument | undefined): StoreChange {
	return { kind: DOCUMENT_KIND, key: name, value: document === undefined ? undefined : plainOf(document) };
}

/** Checked once, before it was written. */
export function storedDocuments(store: Store): HeddleDocument[] {
	return Array.from(store.all(DOCUMENT_KIND).values(), (value) => {
		const { file, index, document } = value as StoredDocument;
		const source = { index, ...(file === undefined ? {} : { file }), locate: () => undefined };
		return { ...document, source } as HeddleDocument;
	});
}

/** Policies that the datapath has not, or has otherwise: its pins are gone, or the former process ended in between. */
export function policiesToApply(datapath: Datapath, documents: readonly HeddleDocument[]): PolicyDocument[] {
	return documents.filter(isPolicy).filter((document) => {
		const { kind, metadata } = document;
		const known = datapath.policies.get({ kind, name: metadata.name, namespace: metadata.namespace ?? 'default' });
		return known === undefined || JSON.stringify(plainOf(known)) !== JSON.stringify(plainOf(document));
	});
}

/** A pod as its document describes it. */
export function describePod(document: Kind<'Pod'>): PodDescription {
	const { name, namespace = 'default', labels, annotations } = document.metadata;
	const account = document.spec?.serviceAccountName;
	const namedPorts = namedPortsOf(document).map((port): EndpointPort => ({
		...port,
		protocol: protocolName(port.protocol) as NonNullable<EndpointPort['protocol']>,
	}));
	return {
		namespace,
		name,
		...(labels === undefined ? {} : { labels }),
		...(annotations === undefined ? {} : { annotations }),
		...(account === undefined ? {} : { serviceAccount: account }),
		...(namedPorts.length === 0 ? {} : { namedPorts }),
	};
}

interface StoredDocument {
	readonly document: Omit<HeddleDocument, 'source'>;
	readonly index: number;
	readonly file?: string;
}

function plainOf({ source, ...document }: HeddleDocument): StoredDocument {
	return { document, index: source.index, ...(source.file === undefined ? {} : { file: source.file }) };
}

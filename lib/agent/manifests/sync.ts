import {
	documentName,
	isPolicy,
	namespaceOf,
	type DocumentKind,
	type HeddleDocument,
} from '../../documents/document.js';
import type { DocumentIssue } from '../../documents/issue.js';
import type { Agent } from '../agent.js';
import { readManifests } from './read.js';

/** What one look at the folder changed. */
export interface SyncResult {
	readonly applied: readonly string[];
	readonly deleted: readonly string[];
	readonly warnings: readonly DocumentIssue[];
	/** Documents of files that are gone, and why they have to stay; the next look tries again. */
	readonly kept: readonly { readonly name: string; readonly error: unknown }[];
}

export interface ManifestSync {
	/**
	 * Brings the agent to what the folder says. Documents that are new or changed go together, all or none; then those
	 * of files that are gone go.
	 * @throws PolicyError with every issue, ERR_UNREADABLE, and those of `Agent.apply`: nothing was changed
	 */
	run(): Promise<SyncResult>;
}

/** Pods are on networks, and networks on pools: the other way round than they are applied. */
const ORDER: readonly DocumentKind[] = [
	'EndpointSlice',
	'Service',
	'Node',
	'Pod',
	'Namespace',
	'IsovalentPodNetwork',
	'CiliumPodIPPool',
	'CiliumNode',
];

export function createManifestSync(agent: Agent, folder: string): ManifestSync {
	const known = new Map<string, string>();
	return {
		async run() {
			const { documents, warnings: read } = await readManifests(folder);
			const prints = Array.from(documents, ([name, document]) => ({ name, document, print: printOf(document) }));
			const changed = prints.filter(({ name, print }) => known.get(name) !== print);
			const { warnings } =
				changed.length === 0 ? { warnings: [] } : await agent.apply(...changed.map(({ document }) => document));
			changed.forEach(({ name, print }) => known.set(name, print));
			const { deleted, kept } = await deleteOthers(agent, documents);
			deleted.forEach((name) => known.delete(name));
			return { applied: changed.map(({ name }) => name), deleted, kept, warnings: [...read, ...warnings] };
		},
	};
}

/** With its place: what explains verdicts tells lines. */
function printOf({ source, ...document }: HeddleDocument): string {
	return JSON.stringify([source.file, source.locate([]), document]);
}

/** Documents that came from files, this process's or a former one's, and are in none now. */
async function deleteOthers(
	agent: Agent,
	documents: ReadonlyMap<string, HeddleDocument>,
): Promise<Pick<SyncResult, 'deleted' | 'kept'>> {
	const deleted: string[] = [];
	const kept: { name: string; error: unknown }[] = [];
	const gone = [...agent.documents].filter(
		(document) => document.source.file !== undefined && !documents.has(documentName(document)),
	);
	for (const document of gone.sort((a, b) => rank(a) - rank(b))) {
		const name = documentName(document);
		try {
			await agent.delete({ kind: document.kind, namespace: namespaceOf(document), name: document.metadata.name });
			deleted.push(name);
		} catch (error) {
			kept.push({ name, error });
		}
	}
	return { deleted, kept };
}

function rank(document: HeddleDocument): number {
	return isPolicy(document) ? -1 : ORDER.indexOf(document.kind);
}

import { stringify } from 'yaml';
import { parseDocuments } from '../documents/parse.js';
import type { Flow } from '../flows/flow.js';
import { coverageOf, type Coverage } from './coverage.js';
import { gatherEvidence, type Conversation, type EvidenceOptions, type IgnoredFlow } from './evidence.js';
import type { FlowLike } from './flow-like.js';
import { draftSpec } from './policy-draft.js';
import { policyName, type Workload } from './workload.js';

export type RecommendOptions = EvidenceOptions;

/** As `parseDocuments` takes it, and as a cluster does. */
export interface RecommendedPolicy {
	readonly apiVersion: 'cilium.io/v2';
	readonly kind: 'CiliumNetworkPolicy';
	readonly metadata: { readonly name: string; readonly namespace: string };
	readonly spec: Readonly<Record<string, unknown>>;
	readonly [more: string]: unknown;
}

export interface Recommendation {
	/** One a workload, by namespace and name. */
	readonly documents: readonly RecommendedPolicy[];
	/** The same as text. */
	readonly yaml: string;
	readonly coverage: Coverage;
	readonly ignored: readonly IgnoredFlow[];
}

/**
 * The least that lets observed flows pass: for each workload, a policy that allows what was seen of it and denies the
 * rest, in both directions. The flows are then asked of the evaluator; `coverage` says what is missing. Pure.
 */
export function recommend(flows: Iterable<Flow | FlowLike>, options: RecommendOptions = {}): Recommendation {
	const { conversations, ignored } = gatherEvidence(flows, options);
	const workloads = workloadsOf(conversations);
	const documents = workloads.reduce<RecommendedPolicy[]>((made, workload) => {
		const { namespace } = workload;
		const taken = (name: string) =>
			made.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
		const metadata = { name: policyName(workload, taken), namespace };
		const spec = draftSpec(workload, conversations, workloads);
		return [...made, { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata, spec }];
	}, []);
	return {
		documents,
		yaml: documents
			.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }))
			.join('---\n'),
		coverage: coverageOf(parseDocuments(...documents), conversations),
		ignored,
	};
}

/** Each once, by namespace; the fewest labels first, since they get the plainest name. */
function workloadsOf(conversations: readonly Conversation[]): Workload[] {
	const found = new Map<string, Workload>();
	for (const end of conversations.flatMap(({ from, to }) => [from, to])) {
		if (end.kind === 'workload') {
			found.set(end.key, end);
		}
	}
	const size = ({ labels }: Workload) => Object.keys(labels).length;
	const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
	return [...found.values()].sort(
		(a, b) => byText(a.namespace, b.namespace) || size(a) - size(b) || byText(a.key, b.key),
	);
}

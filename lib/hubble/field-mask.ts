import type { Type } from 'protobufjs';
import { invalidArgument } from '../errors.js';
import type { FlowMessage } from './messages/flow-message.js';
import type { GetFlowsRequest } from './messages/requests.js';

/** Fields by name, each with those below it; an empty one is whole. */
type Tree = Map<string, Tree>;
type Fields = Readonly<Record<string, unknown>>;

const MOST_PATHS = 1024;

/** What leaves the fields that were asked for; undefined where all are. @throws ERR_INVALID_ARGUMENT naming the path */
export function fieldMask(
	{ field_mask: mask, experimental }: Pick<GetFlowsRequest, 'field_mask' | 'experimental'>,
	type: Type,
): ((flow: FlowMessage) => FlowMessage) | undefined {
	const sent = mask?.paths ?? [];
	const paths = sent.length > 0 ? sent : (experimental?.field_mask?.paths ?? []);
	if (paths.length > MOST_PATHS) {
		throw invalidArgument('field_mask.paths', paths.length, `at most ${MOST_PATHS} paths`);
	}
	const tree: Tree = new Map();
	paths.forEach((path, i) => addPath(tree, path, type, `field_mask.paths[${i}]`));
	return paths.length === 0 ? undefined : (flow) => prune({ ...flow }, tree);
}

function addPath(tree: Tree, path: string, type: Type, field: string): void {
	let at = tree;
	let message: Type | null = type;
	for (const name of path.split('.')) {
		const found: Type['fieldsArray'][number] | undefined = message?.fields[name];
		if (found === undefined) {
			throw invalidArgument(field, path, `the path of a field of ${type.fullName.slice(1)}`);
		}
		at = childOf(at, name);
		message = found.repeated ? null : typeOf(found.resolvedType);
	}
	// A longer path below it asks for nothing more.
	at.clear();
	at.set('', new Map());
}

/** What is whole already stays so. */
function childOf(tree: Tree, name: string): Tree {
	const known = tree.get(name) ?? new Map<string, Tree>();
	if (!tree.has('')) {
		tree.set(name, known);
	}
	return known;
}

function typeOf(resolved: object | null): Type | null {
	return resolved !== null && 'fields' in resolved ? (resolved as Type) : null;
}

function prune(fields: Fields, tree: Tree): FlowMessage {
	const kept: Record<string, unknown> = {};
	for (const [name, below] of tree) {
		const value = fields[name];
		if (value !== undefined && value !== null) {
			kept[name] = below.has('') ? value : prune(value as Fields, below);
		}
	}
	return kept;
}

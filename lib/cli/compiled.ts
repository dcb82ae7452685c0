import type { HeddleDocument } from '../documents/document.js';
import { compileDocuments, type CompiledDocuments } from '../policy/compile-documents.js';
import type { IpBlocks, RuleContext } from '../rules/context.js';
import { createOrigins } from '../rules/origins.js';
import { worldOf, type PolicyWorld } from '../rules/world.js';

/** Documents, and all that follows from them without a kernel. */
export interface CompiledWorld {
	readonly documents: readonly HeddleDocument[];
	readonly world: PolicyWorld;
	readonly context: RuleContext;
	readonly compiled: CompiledDocuments;
}

export function compileWorld(documents: readonly HeddleDocument[], ipBlocks: IpBlocks): CompiledWorld {
	const world = worldOf(documents);
	const context: RuleContext = { origins: createOrigins(), services: world.services, ipBlocks };
	return { documents, world, context, compiled: compileDocuments(documents, world.identities, context) };
}

/** Without pods, or anything else that could be selected, every selector selects nothing: there is nothing to warn of. */
export function hasSubjects(documents: readonly HeddleDocument[]): boolean {
	return documents.some(({ kind }) => kind === 'Pod' || kind === 'Node');
}

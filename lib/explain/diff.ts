import type { HeddleDocument } from '../documents/document.js';
import type { IpBlocks, PolicyService } from '../rules/context.js';
import { createOrigins } from '../rules/origins.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { servicesOf } from '../rules/services.js';
import type { AccessChange, AccessDiff } from './access-change.js';
import { groupAlike, type Group } from './alike.js';
import { areSeparated } from './ends.js';
import { foldPairs, type PairChange } from './fold-pairs.js';
import { portChanges, type PairView, type PortChange } from './port-changes.js';
import { createInterner, createSideViews, type Interner, type SideViews } from './side-view.js';
import { policiesOf, type NamedPolicy } from './world.js';

export interface DiffWorld {
	/** All that a packet can come from or go to. */
	readonly identities: Iterable<PolicyIdentity>;
	/** Beside those that the documents describe. */
	readonly services?: Iterable<PolicyService>;
	/** @default 'external' */
	readonly ipBlocks?: IpBlocks;
}

/**
 * Who gains or loses access, and at which ports, where documents `b` come to stand in the place of `a`. Endpoints of two
 * networks are left out: they reach each other under no policy. Pure.
 */
export function diffDocuments(a: Iterable<HeddleDocument>, b: Iterable<HeddleDocument>, world: DiffWorld): AccessDiff {
	const interner = createInterner();
	const before = readVersion([...a], world, interner);
	const after = readVersion([...b], world, interner);
	const groups = groupAlike(world.identities, [...before.policies, ...after.policies]);
	const changes = foldPairs([...changedPairs(groups, before.views, after.views)], groups);
	return { equal: changes.length === 0, changes: changes.sort(byKind) };
}

interface Version {
	readonly policies: readonly NamedPolicy[];
	readonly views: SideViews;
}

function readVersion(documents: readonly HeddleDocument[], world: DiffWorld, interner: Interner): Version {
	const { ipBlocks = 'external' } = world;
	const origins = createOrigins();
	const own = servicesOf(documents);
	const described = new Set(own.map(nameOfService));
	const others = [...(world.services ?? [])].filter((service) => !described.has(nameOfService(service)));
	const policies = policiesOf(documents, { origins, services: [...own, ...others], ipBlocks });
	return { policies, views: createSideViews(policies, origins, interner) };
}

function nameOfService({ namespace, name }: PolicyService): string {
	return `${namespace}/${name}`;
}

function* changedPairs(groups: readonly Group[], before: SideViews, after: SideViews): Generator<PairChange> {
	const known = new Map<string, readonly PortChange[]>();
	for (const [from, source] of groups.entries()) {
		for (const [to, destination] of groups.entries()) {
			if (areSeparated(source.first.labels, destination.first.labels)) {
				continue;
			}
			const was = viewPair(before, source, destination);
			const is = viewPair(after, source, destination);
			const key = [was, is].map(({ egress, ingress }) => `${egress?.key} ${ingress?.key}`).join(' ');
			const changes = known.get(key) ?? portChanges(was, is);
			known.set(key, changes);
			yield* changes.map((change) => ({ from, to, change }));
		}
	}
}

function viewPair(views: SideViews, { first: from }: Group, { first: to }: Group): PairView {
	return { egress: views('egress', from, to), ingress: views('ingress', to, from) };
}

const KINDS: readonly AccessChange['kind'][] = ['gained', 'lost', 'changed'];

function byKind(a: AccessChange, b: AccessChange): number {
	return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
}

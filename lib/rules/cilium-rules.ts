import { parsePrefix } from '../addresses/prefix.js';
import type { CiliumEgressRule, CiliumIngressRule, CiliumPolicySpec } from '../documents/cilium-rule.js';
import {
	namespaceOf,
	specsOf,
	type CiliumClusterwideNetworkPolicy,
	type CiliumNetworkPolicy,
} from '../documents/document.js';
import type { DocumentPath } from '../documents/issue.js';
import type { LabelSelector } from '../labels/selector.js';
import { createSelector, fromRequirements } from '../labels/selector.js';
import type { Action, DefaultVerdict, Direction } from '../policy/row.js';
import { ciliumPorts } from './cilium-ports.js';
import type { RuleContext } from './context.js';
import { entity } from './entities.js';
import { byAny, byCidr, byLabels, type IdentitySelector } from './identity-selector.js';
import { fqdn } from './names.js';
import { endpointsOnly, inNamespaceNamed, isLocated, IS_POD, nodes, remoteNodes } from './places.js';
import { placeOf, type RulePlace } from './rule-place.js';
import type { PolicyRule, PolicyRules } from './rule.js';
import { backendsOf } from './services.js';

type CiliumPolicy = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy;
type CiliumRule = CiliumIngressRule & CiliumEgressRule;

interface SpecPlace extends RulePlace {
	/** Undefined: of a cluster-wide policy. */
	readonly namespace: string | undefined;
	readonly spec: CiliumPolicySpec;
}

const SECTIONS = [
	['ingress', 'ingress', 'allow'],
	['ingressDeny', 'ingress', 'deny'],
	['egress', 'egress', 'allow'],
	['egressDeny', 'egress', 'deny'],
] as const;

export function ciliumRules(document: CiliumPolicy, context: RuleContext): PolicyRules[] {
	const namespace = document.kind === 'CiliumNetworkPolicy' ? namespaceOf(document) : undefined;
	const place = placeOf(document, context);
	return specsOf(document).map(({ path, spec }) => {
		const own: SpecPlace = { ...place, namespace, spec };
		return {
			subjects: subjectsOf(own),
			defaults: { ingress: defaultOf(own, 'ingress'), egress: defaultOf(own, 'egress') },
			rules: SECTIONS.flatMap(([name, direction, action]) =>
				(spec[name] ?? []).flatMap((rule: CiliumRule, i) => readRule(rule, [...path, name, i], direction, action, own)),
			),
		};
	});
}

/** Endpoints in the policy's own namespace, always; nodes are selected by a selector of their own. */
function subjectsOf({ spec, namespace }: SpecPlace): IdentitySelector {
	if (spec.nodeSelector !== undefined) {
		return byAny(nodes(spec.nodeSelector).map(byLabels));
	}
	const { requirements } = createSelector(spec.endpointSelector ?? {});
	const where = namespace === undefined ? endpointsOnly() : [inNamespaceNamed(namespace)];
	return byLabels(fromRequirements([...requirements, ...where]));
}

/** Said, or where there are rules, of either sort. */
function defaultOf({ spec, audit }: SpecPlace, direction: Direction): DefaultVerdict {
	const rules = (spec[direction] ?? []).length + (spec[`${direction}Deny`] ?? []).length;
	const isolates = spec.enableDefaultDeny?.[direction] ?? rules > 0;
	return isolates ? (audit ? 'audited' : 'deny') : 'allow';
}

/** Nothing, where the rule selects no peer or no port, or says neither. */
function readRule(
	rule: CiliumRule,
	path: DocumentPath,
	direction: Direction,
	action: 'allow' | 'deny',
	place: SpecPlace,
): PolicyRule[] {
	const peers = peersOf(rule, place);
	return ciliumPorts(rule, peers === undefined).flatMap(({ ports, l7, entry }): PolicyRule[] => {
		if (ports.length === 0 || peers?.length === 0) {
			return [];
		}
		const details = {
			...(l7 === undefined ? {} : { l7 }),
			...(rule.authentication === undefined ? {} : { authentication: rule.authentication.mode }),
		};
		const told: Action = l7 === undefined ? action : 'redirect';
		const cookie = place.cookieOf(entry === undefined ? path : [...path, 'toPorts', entry], details);
		const audit = action === 'deny' && place.audit;
		const order = { tier: 'normal', precedence: 0 } as const;
		return [{ direction, action: told, audit, ...order, peers: peers ?? 'any', ports, cookie }];
	});
}

/**
 * Members that are not there have no say: without any (undefined) it is everyone. A member that is there and empty is
 * nobody, whatever else the rule has.
 */
function peersOf(rule: CiliumRule, place: SpecPlace): readonly IdentitySelector[] | 'any' | undefined {
	const members = membersOf(rule, place).filter((member) => member !== undefined);
	if (members.length === 0) {
		return undefined;
	}
	if (members.some(({ listed }) => listed === 0)) {
		return [];
	}
	const all = members.map(({ selectors }) => selectors);
	return all.includes('any') ? 'any' : (all as (readonly IdentitySelector[])[]).flat();
}

interface Member {
	/** Items in the document. */
	readonly listed: number;
	readonly selectors: readonly IdentitySelector[] | 'any';
}

function membersOf(rule: CiliumRule, place: SpecPlace): (Member | undefined)[] {
	return [
		member(rule.fromEndpoints ?? rule.toEndpoints, (selector) => [endpoints(selector, place)]),
		member(rule.fromEntities ?? rule.toEntities, entity),
		member(rule.fromCIDR ?? rule.toCIDR, (cidr) => [byCidr(parsePrefix(cidr)!)]),
		member(rule.fromCIDRSet ?? rule.toCIDRSet, ({ cidr, except = [] }) => [
			byCidr(
				parsePrefix(cidr)!,
				except.map((hole) => parsePrefix(hole)!),
			),
		]),
		member(rule.fromNodes ?? rule.toNodes, (selector) => [byLabels(remoteNodes(selector))]),
		member(rule.toServices, (meant) => backendsOf(meant, place.context.services)),
		member(rule.toFQDNs, (meant) => [fqdn(meant)]),
	];
}

function member<T>(
	items: readonly T[] | undefined,
	read: (item: T) => readonly IdentitySelector[] | 'any',
): Member | undefined {
	if (items === undefined) {
		return undefined;
	}
	const all = items.map(read);
	const selectors = all.includes('any') ? 'any' : (all as (readonly IdentitySelector[])[]).flat();
	return { listed: items.length, selectors };
}

/**
 * In the policy's own namespace, or for a cluster-wide policy in any, unless the selector says where: by the namespace's
 * name, by its labels, or by naming something reserved, which is in none. Cluster-wide policies for endpoints that are
 * being initialised, which have no namespace yet, may mean such endpoints.
 */
function endpoints(selector: LabelSelector, { namespace, spec }: SpecPlace): IdentitySelector {
	const own = createSelector(selector);
	const forInit = createSelector(spec.endpointSelector ?? {}).requirements.some(
		({ source, key }) => source === 'reserved' && key === 'init',
	);
	if (isLocated(own, namespace !== undefined) || (namespace === undefined && forInit)) {
		return byLabels(own);
	}
	const where = namespace === undefined ? IS_POD : inNamespaceNamed(namespace);
	return byLabels(fromRequirements([...own.requirements, where]));
}

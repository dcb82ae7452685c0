import { documentName, isPolicy, type HeddleDocument } from '../documents/document.js';
import { DIRECT_ROW_COOKIE, type DefaultVerdict, type Direction, type RuleRow } from '../policy/row.js';
import type { RuleContext } from '../rules/context.js';
import type { Origins } from '../rules/origins.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { PolicyRule, PolicyRules } from '../rules/rule.js';
import { rulesOf } from '../rules/rules-of.js';
import type { EndpointMode, ExplainedRule } from './explanation.js';
import { isEndpoint, mayBeSelected } from './ends.js';

/** What one document says, wherever it is kept. */
export interface NamedPolicy {
	/** `CiliumNetworkPolicy default/web` */
	readonly document: string;
	readonly rules: readonly PolicyRules[];
}

/** All that decides. */
export interface ExplainWorld {
	readonly policies: Iterable<NamedPolicy>;
	readonly origins: Pick<Origins, 'get'>;
	/** Rows by hand of an identity. A direction of which they speak is denied by default. */
	readonly direct?: (identity: number) => Iterable<RuleRow>;
}

/** Documents other than policies say nothing here. */
export function policiesOf(documents: Iterable<HeddleDocument>, context: RuleContext): NamedPolicy[] {
	return [...documents]
		.filter(isPolicy)
		.map((document) => ({ document: documentName(document), rules: rulesOf(document, context) }));
}

/** A spec that selects the subject. */
export interface SelectingSpec {
	readonly document: string;
	readonly spec: PolicyRules;
}

export function selecting(policies: Iterable<NamedPolicy>, subject: PolicyIdentity): SelectingSpec[] {
	return [...policies].flatMap(({ document, rules }) =>
		rules.filter(({ subjects }) => subjects.matches(subject)).map((spec) => ({ document, spec })),
	);
}

/** Policy is asked for endpoints, and for nodes and the like that a policy selects. */
export function isJudged(subject: PolicyIdentity, specs: readonly SelectingSpec[]): boolean {
	return isEndpoint(subject.labels) || (mayBeSelected(subject.labels) && specs.length > 0);
}

const STRICTNESS: readonly DefaultVerdict[] = ['allow', 'audited', 'deny'];

/** The strictest of the policies, of rows by hand and of the endpoint itself. */
export function defaultOf(
	specs: readonly SelectingSpec[],
	direct: readonly RuleRow[],
	direction: Direction,
	{ enforcement = 'default' }: EndpointMode = {},
): DefaultVerdict {
	if (enforcement === 'never') {
		return 'allow';
	}
	if (enforcement === 'always' || direct.some((row) => row.direction === direction)) {
		return 'deny';
	}
	return STRICTNESS[Math.max(0, ...specs.map(({ spec }) => STRICTNESS.indexOf(spec.defaults[direction])))]!;
}

/** With the place it is written in. */
export function explainRule(rule: PolicyRule, document: string, origins: Pick<Origins, 'get'>): ExplainedRule {
	const { action, audit, tier, precedence, cookie } = rule;
	const { path = `cookie ${cookie}`, file, line, l7, authentication } = origins.get(cookie) ?? {};
	return {
		document,
		path,
		...(file === undefined ? {} : { file }),
		...(line === undefined ? {} : { line }),
		action,
		audit,
		tier,
		precedence,
		cookie,
		...(l7 === undefined ? {} : { l7 }),
		...(authentication === undefined ? {} : { authentication }),
	};
}

/** A row by hand as if it were a rule; its peer is looked at by the caller. */
export function explainRow(row: RuleRow): ExplainedRule {
	const { action, audit = false, tier = 'normal', precedence, cookie } = row;
	const path = `row ${cookie >= DIRECT_ROW_COOKIE ? cookie - DIRECT_ROW_COOKIE : cookie}`;
	return { document: 'direct', path, action, audit, tier, precedence, cookie };
}

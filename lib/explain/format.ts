import type { L7Rules } from '../documents/l7-rules.js';
import type { DefaultVerdict } from '../policy/row.js';
import { formatOrigin } from '../rules/origins.js';
import type {
	AccessVerdict,
	ExplainedRule,
	Explanation,
	MatchingRule,
	Missing,
	SideExplanation,
} from './explanation.js';
import { describePort, describeSpan } from './ports.js';

export interface FormatOptions {
	/** What people call an identity. */
	readonly nameOf: (identity: number) => string;
	/** Makes a verdict stand out; the text itself by default. */
	readonly paint?: (text: string, verdict: AccessVerdict) => string;
}

/** An explanation as text for people. */
export function formatExplanation(told: Explanation, options: FormatOptions): string {
	const { nameOf, paint = (text) => text } = options;
	const { verdict, from, to, protocol, port, separated, egress, ingress } = told;
	const head = `${paint(verdict.toUpperCase(), verdict)}  ${nameOf(from.identity)} -> ${nameOf(to.identity)}  ${describePort(protocol, port)}`;
	const apart =
		separated === undefined
			? []
			: [`but no packet passes: the networks ${separated.from} and ${separated.to} are isolated from each other`];
	const sides = [
		side(`egress of ${nameOf(from.identity)}`, egress, options),
		side(`ingress of ${nameOf(to.identity)}`, ingress, options),
	];
	return `${[head, ...apart, '', sides.join('\n\n')].join('\n')}\n`;
}

function side(
	title: string,
	told: SideExplanation | undefined,
	{ nameOf, paint = (text) => text }: FormatOptions,
): string {
	if (told === undefined) {
		return `${title}: not asked, it is no endpoint`;
	}
	const { verdict, matching, decidedBy, whyNot, moreWhyNot } = told;
	const rest = matching.filter((rule) => !decidedBy.includes(rule));
	const more = moreWhyNot === 0 ? [] : [`\t(and ${moreWhyNot} more)`];
	return [
		`${title}: ${paint(verdict.toUpperCase(), verdict)}${ground(told)}`,
		...decidedBy.flatMap((rule) => matched(rule, nameOf)),
		...policies(told),
		...(rest.length === 0 ? [] : ['also matches:', ...rest.flatMap((rule) => matched(rule, nameOf))]),
		...(whyNot.length === 0 ? [] : ['why not:', ...whyNot.flatMap((rule) => miss(rule)), ...more]),
	].join('\n');
}

function ground({ verdict, decidedBy, enforced, default: standard }: SideExplanation): string {
	if (!enforced) {
		return ', nothing is enforced';
	}
	if (decidedBy.length > 0) {
		return ' by';
	}
	return verdict === 'allowed' || standard !== 'allow' ? ' by default: no rule speaks of it' : '';
}

const DEFAULTS: Readonly<Record<DefaultVerdict, string>> = {
	allow: 'has rules',
	audited: 'isolates, in audit mode',
	deny: 'isolates',
};

/** Each document once, however many specs it has. */
function policies({ policies: selecting }: SideExplanation): string[] {
	const lines = selecting.map(({ document, default: standard }) => `\t${document} ${DEFAULTS[standard]}`);
	return lines.length === 0 ? [] : ['policies:', ...new Set(lines)];
}

function matched(rule: MatchingRule, nameOf: FormatOptions['nameOf']): string[] {
	const { row } = rule;
	const peer = row.peer === 'any' ? 'anyone' : nameOf(row.peer);
	const way = row.direction === 'ingress' ? 'from' : 'to';
	return [`\t${place(rule)}`, `\t\t${action(rule)} ${describeSpan(row)} ${way} ${peer}${order(rule)}`, ...extras(rule)];
}

function miss(rule: ExplainedRule & { readonly missing: readonly Missing[] }): string[] {
	const lacks = rule.missing.map(({ what, expected, found }) => `\t\t${what}: expected ${expected}, found ${found}`);
	return [`\t${place(rule)} (${action(rule)})`, ...lacks];
}

/** Without a file, the line comes last. */
function place({ document, path, file, line }: ExplainedRule): string {
	if (file === undefined) {
		return `${document} ${path}${line === undefined ? '' : ` line ${line}`}`;
	}
	return formatOrigin({ document, path, file, ...(line === undefined ? {} : { line }) });
}

function action({ action: said, audit }: ExplainedRule): string {
	return audit ? `${said}, in audit mode,` : said;
}

function order({ tier, precedence }: ExplainedRule): string {
	return tier === 'normal' && precedence === 0 ? '' : `, tier ${tier}, precedence ${precedence}`;
}

function extras({ l7, authentication }: ExplainedRule): string[] {
	return [
		...(l7 === undefined ? [] : l7Lines(l7)),
		...(authentication === undefined ? [] : [`\t\tauthentication ${authentication}`]),
	];
}

function l7Lines({ http = [], dns = [], serverNames = [] }: L7Rules): string[] {
	return [
		...http.map((rule) => `\t\thttp ${JSON.stringify(rule)}`),
		...dns.map((rule) => `\t\tdns ${JSON.stringify(rule)}`),
		...(serverNames.length === 0 ? [] : [`\t\tserver names ${serverNames.join(', ')}`]),
	];
}

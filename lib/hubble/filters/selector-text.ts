import { invalidArgument } from '../../errors.js';
import { parseLabelKey, SOURCE_ANY } from '../../labels/label.js';
import { fromRequirements } from '../../labels/selector.js';
import type { Requirement, Selector } from '../../labels/selector.js';

const KEY = String.raw`[A-Za-z0-9][-A-Za-z0-9_.:/]*`;
const VALUE = String.raw`[-A-Za-z0-9_.:/]*`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALS = new RegExp(`^(${KEY})\\s*(==?|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const LISTED = new RegExp(`^${VALUE}$`);
const EXPECTED = "a label selector such as 'k8s:app=web,env in (a,b),!old'";
const LONGEST = 4096;

/** Kubernetes' text of selectors; keys may name the label's source. @throws ERR_INVALID_ARGUMENT naming the field */
export function parseSelector(text: string, field: string): Selector {
	const parts = text.length > LONGEST ? undefined : splitOutside(text);
	const requirements = parts?.map((part) => requirementOf(part.trim()));
	if (requirements === undefined || requirements.includes(undefined)) {
		throw invalidArgument(field, text, EXPECTED);
	}
	return fromRequirements(requirements as Requirement[]);
}

/** At commas, but those within brackets. The empty text is everything. */
function splitOutside(text: string): string[] {
	return text.trim() === '' ? [] : text.split(/,(?![^(]*\))/);
}

function requirementOf(text: string): Requirement | undefined {
	const exists = EXISTS.exec(text);
	if (exists !== null) {
		return requirement(exists[2]!, exists[1] === '!' ? 'DoesNotExist' : 'Exists', []);
	}
	const equals = EQUALS.exec(text);
	if (equals !== null) {
		return requirement(equals[1]!, equals[2] === '!=' ? 'NotIn' : 'In', [equals[3]!]);
	}
	const set = SET.exec(text);
	const values = set?.[3]!.split(',').map((value) => value.trim());
	return set === null || values === undefined || !values.every((value) => LISTED.test(value))
		? undefined
		: requirement(set[1]!, set[2] === 'in' ? 'In' : 'NotIn', values);
}

function requirement(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement {
	return { ...parseLabelKey(key, SOURCE_ANY), operator, values };
}

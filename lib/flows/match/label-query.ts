import { invalidArgument } from '../../errors.js';
import { createSelector, type Selector, type SelectorExpression } from '../../labels/selector.js';

const KEY = String.raw`(?:[a-z][a-z0-9-]*:)?[A-Za-z0-9][\w./-]*`;
const VALUE = String.raw`[\w.-]*`;
const EXPECTED = "a label such as 'k8s:app=client', 'app!=client', 'app in (a,b)', '!app' or 'reserved:host'";

const HAS_VALUE = new RegExp(`^(${KEY})\\s*(==?|!=)\\s*(${VALUE})$`);
const IN_SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const IS_THERE = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Kubernetes' labels selectors as text, where keys may name a source; commas are "and". @throws ERR_INVALID_ARGUMENT */
export function parseLabelQuery(text: string, flag: string): Selector {
	// A comma within brackets separates values.
	const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
	const matchExpressions = parts.map((part) => {
		const found = parseOne(part);
		if (found === undefined) {
			throw invalidArgument(flag, text, EXPECTED);
		}
		return found;
	});
	return createSelector({ matchExpressions });
}

function parseOne(text: string): SelectorExpression | undefined {
	const [, key, sign, value] = HAS_VALUE.exec(text) ?? [];
	if (key !== undefined) {
		return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value!] };
	}
	const [, ofSet, operator, values] = IN_SET.exec(text) ?? [];
	if (ofSet !== undefined) {
		const all = values!.split(',').map((one) => one.trim());
		return { key: ofSet, operator: operator === 'in' ? 'In' : 'NotIn', values: all };
	}
	const [, not, there] = IS_THERE.exec(text) ?? [];
	return there === undefined ? undefined : { key: there, operator: not === '' ? 'Exists' : 'DoesNotExist' };
}

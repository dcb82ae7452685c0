import { contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import { fieldOf, itemsOf, refine, type Check, type Mapping, type Place } from './check.js';
import { string } from './scalars.js';

/** An address, `/`, a length; canonical, for bits beyond the length say nothing. */
export const cidr: Check<string> = refine(string(), (text, { path, report }) => {
	const prefix = text.includes('/') ? parsePrefix(text) : undefined;
	return prefix === undefined ? report.wrong(path, text, 'a CIDR such as 10.0.0.0/8 or fd00::/8') : prefix.text;
});

/** The same, or an address alone. */
export const cidrOrAddress: Check<string> = refine(
	string(),
	(text, { path, report }) =>
		parsePrefix(text)?.text ?? report.wrong(path, text, 'a CIDR such as 10.0.0.0/8 or fd00::/8, or an address'),
);

/** The holes (`except`) of a block (`cidr`) must be in it. `strictly`: none may be all of it. */
export function holesWithin(strictly: boolean): (block: Mapping, place: Place) => void {
	return (block, { path, report }) => {
		const outer = prefixOf(fieldOf(block, 'cidr'));
		itemsOf(block, 'except').forEach((text, i) => {
			const hole = prefixOf(text);
			if (outer !== undefined && hole !== undefined && !isHole(outer, hole, strictly)) {
				const meaning = strictly ? 'a strictly smaller block within' : 'a block within';
				report.wrong([...path, 'except', i], text, `${meaning} ${outer.text}`);
			}
		});
	};
}

function isHole(outer: Prefix, inner: Prefix, strictly: boolean): boolean {
	return contains(outer, inner) && (!strictly || inner.length > outer.length);
}

function prefixOf(value: unknown): Prefix | undefined {
	return typeof value === 'string' ? parsePrefix(value) : undefined;
}

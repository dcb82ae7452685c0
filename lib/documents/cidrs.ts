import { contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import { refine, type Check, type Place } from './check.js';
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

interface Block {
	readonly cidr: string;
	readonly except?: readonly string[];
}

/** The holes of a block must be in it. `strictly`: none may be all of it. */
export function holesWithin(strictly: boolean): (block: Block, place: Place) => Block | undefined {
	return (block, { path, report }) => {
		const outer = parsePrefix(block.cidr)!;
		const wrong = (block.except ?? []).filter((text, i) => {
			const fits = isHole(outer, parsePrefix(text)!, strictly);
			if (!fits) {
				const meaning = strictly ? 'a strictly smaller block within' : 'a block within';
				report.wrong([...path, 'except', i], text, `${meaning} ${block.cidr}`);
			}
			return !fits;
		});
		return wrong.length === 0 ? block : undefined;
	};
}

function isHole(outer: Prefix, inner: Prefix, strictly: boolean): boolean {
	return contains(outer, inner) && (!strictly || inner.length > outer.length);
}

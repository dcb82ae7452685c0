import { pick, type Random } from './random.js';

const SCRAPS = [
	...[
		'',
		' ',
		':',
		'-',
		'[',
		'{',
		'}',
		']',
		'&a ',
		'*a',
		'!!',
		'!x ',
		'\t',
		'\n',
		'"',
		"'",
		'#',
		'|',
		'>',
		'0',
		'null',
		'? ',
	],
	...[
		'\u0000',
		'\u2028',
		'\ud800',
		'<<: ',
		'---\n',
		'...\n',
		'%YAML 1.1\n',
		'\n  ',
		'true',
		'1e999',
		'.nan',
		'0x1',
		'~',
		'@',
		'`',
		',',
	],
];

/** Changes one thing in a text, somewhere. */
export function damageText(text: string, random: Random): string {
	const at = random(text.length + 1);
	const length = random(12);
	const [before, after] = [text.slice(0, at), text.slice(at)];
	switch (random(5)) {
		case 0:
			return before + after.slice(length);
		case 1:
			return before + after.slice(0, 3 * length) + after;
		case 2:
			return before + String.fromCharCode(random(0x250)) + after.slice(1);
		case 3: {
			const from = random(text.length + 1);
			return before + text.slice(from, from + 40) + after;
		}
		default:
			return before + pick(random, SCRAPS) + after.slice(length % 3);
	}
}

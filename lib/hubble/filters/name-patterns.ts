import { invalidArgument } from '../../errors.js';
import type { FilterTools } from './test.js';

/** Any name: what an empty part of a pattern stands for. */
const ANY_NAME = '[-0-9_a-z]+(?:\\.[-0-9_a-z]+)*';
const PATTERN = /^[-.*_0-9a-z]+$/;

type Matcher = (name: string) => boolean;

/** A DNS name in which `*` is any number of characters. Names to match are in small letters. @throws ERR_INVALID_ARGUMENT */
export function namePattern(text: string, field: string, { regular }: FilterTools): Matcher {
	return regular(`^${patternSource(text, field)}$`, field);
}

/** `node`, `cluster/node`, `cluster/` or `/node`, each a pattern as of {@link namePattern}. */
export function nodePattern(text: string, field: string, { regular }: FilterTools): Matcher {
	const parts = text.split('/');
	if (text === '' || parts.length > 2) {
		throw invalidArgument(field, text, "a pattern such as 'node-*' or 'cluster/node-*'");
	}
	const [node = '', cluster = ''] = parts.reverse();
	const source = [cluster, node].map((part) => (part === '' ? ANY_NAME : patternSource(part, field)));
	return regular(`^${source.join('/')}$`, field);
}

function patternSource(text: string, field: string): string {
	const name = text.trim().replace(/\.$/, '').toLowerCase();
	if (!PATTERN.test(name) || name.endsWith('.')) {
		throw invalidArgument(field, text, 'a DNS name in which * is any number of characters');
	}
	return name.replaceAll('.', '\\.').replaceAll('*', '[-.0-9_a-z]*');
}

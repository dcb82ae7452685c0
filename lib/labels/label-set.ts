import { invalidArgument } from '../errors.js';
import { compareLabels, formatLabel, parseLabel, SOURCE_ANY, type Label } from './label.js';

/** `{ 'k8s:app': 'client' }`, or `['k8s:app=client']`, or labels. */
export type LabelsInput = Readonly<Record<string, string>> | Iterable<string | Label>;

/** Labels in canonical order: equal sets are equal in every field. */
export interface LabelSet extends Iterable<Label> {
	/** Sorted. */
	readonly labels: readonly Label[];
	/** The same for equal sets only; fit for a map's key. */
	readonly key: string;
	/** Value of a label; `any` asks every source. */
	get(source: string, key: string): string | undefined;
	/** Whether one of a key's values, with `any` of every source, is accepted. */
	some(source: string, key: string, accept: (value: string) => boolean): boolean;
	/** All values of a key: with `any` there may be several. */
	values(source: string, key: string): readonly string[];
	/** `source:key=value`, sorted. */
	toStrings(): string[];
}

/** @throws ERR_INVALID_ARGUMENT where one key has two values */
export function createLabelSet(input: LabelsInput): LabelSet {
	const labels = unique([...readLabels(input)].sort(compareLabels));
	const byKey = new Map<string, Label[]>();
	for (const label of labels) {
		const known = byKey.get(label.key);
		if (known === undefined) {
			byKey.set(label.key, [label]);
		} else {
			known.push(label);
		}
	}
	const strings = labels.map(formatLabel);
	const values = (source: string, key: string) =>
		(byKey.get(key) ?? [])
			.filter((label) => source === SOURCE_ANY || label.source === source)
			.map((label) => label.value);
	return {
		labels,
		key: strings.map((text) => `${text};`).join(''),
		get: (source, key) => values(source, key)[0],
		some: (source, key, accept) =>
			byKey.get(key)?.some((label) => (source === SOURCE_ANY || label.source === source) && accept(label.value)) ??
			false,
		values,
		toStrings: () => [...strings],
		[Symbol.iterator]: () => labels[Symbol.iterator](),
	};
}

function* readLabels(input: LabelsInput): Generator<Label> {
	if (Symbol.iterator in input) {
		for (const label of input as Iterable<string | Label>) {
			yield typeof label === 'string' ? parseLabel(label) : label;
		}
		return;
	}
	for (const [name, value] of Object.entries(input)) {
		// A value may hold any character, so the pair is not joined and parsed.
		yield { ...parseLabel(name), value };
	}
}

function unique(sorted: readonly Label[]): Label[] {
	const kept: Label[] = [];
	for (const label of sorted) {
		const last = kept.at(-1);
		if (last === undefined || last.source !== label.source || last.key !== label.key) {
			kept.push(label);
		} else if (last.value !== label.value) {
			throw invalidArgument(`label ${label.source}:${label.key}`, label.value, `one value, there is ${last.value}`);
		}
	}
	return kept;
}

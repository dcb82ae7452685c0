import { invalidArgument } from '../../errors.js';
import type { FlowMessage } from '../messages/flow-message.js';

export type Test = (flow: FlowMessage) => boolean;

/** What compiling a filter needs beside the filter. */
export interface FilterTools {
	/** Whether a number is one of an enum of the schema. */
	has(enumName: string, value: number): boolean;
	/** RE2's syntax. @throws ERR_INVALID_ARGUMENT naming the field */
	regular(text: string, field: string): (text: string) => boolean;
}

/** A list of a filter: one must match. No test where nothing is asked. */
export function oneOf<T>(
	values: readonly T[],
	field: string,
	compile: (value: T, field: string) => Test,
): readonly Test[] {
	if (values.length === 0) {
		return [];
	}
	const tests = values.map((value, i) => compile(value, `${field}[${i}]`));
	return [(flow) => tests.some((test) => test(flow))];
}

/** As {@link oneOf}, for values that are compared. */
export function among<T>(
	values: readonly T[],
	of: (flow: FlowMessage) => T | undefined,
	check?: (value: T, index: number) => void,
): readonly Test[] {
	if (values.length === 0) {
		return [];
	}
	values.forEach((value, i) => check?.(value, i));
	const wanted = new Set(values);
	return [
		(flow) => {
			const found = of(flow);
			return found !== undefined && wanted.has(found);
		},
	];
}

/** @throws ERR_INVALID_ARGUMENT where a value is empty */
export function notEmpty(value: string, field: string): string {
	if (value === '') {
		throw invalidArgument(field, value, 'a text that is not empty');
	}
	return value;
}

import type { FlowMessage } from '../messages/flow-message.js';
import { notEmpty, oneOf } from './test.js';
import type { Test } from './test.js';

export interface NamespacedName {
	readonly namespace?: string;
	readonly name?: string;
}

/** `name` of namespace default, `namespace/name`, `namespace/` for all in it, `/name` in any; names are prefixes. */
export function namespacedNameTests(
	wanted: readonly string[],
	field: string,
	of: (flow: FlowMessage) => NamespacedName | undefined,
): readonly Test[] {
	return oneOf(wanted, field, (text, at) => {
		const [namespace, prefix] = split(notEmpty(text, at));
		return (flow) => {
			const found = of(flow);
			const name = found?.name ?? '';
			const inNamespace = found?.namespace ?? '';
			return (
				(name !== '' || inNamespace !== '') &&
				name.startsWith(prefix) &&
				(namespace === '' || namespace === inNamespace)
			);
		};
	});
}

function split(text: string): [namespace: string, prefix: string] {
	const [first = '', second] = text.split('/');
	return second === undefined ? ['default', first] : [first, second];
}

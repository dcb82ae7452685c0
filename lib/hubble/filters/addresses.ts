import { contains, parsePrefix } from '../../addresses/prefix.js';
import { invalidArgument } from '../../errors.js';
import type { FlowMessage } from '../messages/flow-message.js';
import { oneOf } from './test.js';
import type { Test } from './test.js';

/** Addresses and CIDRs. @throws ERR_INVALID_ARGUMENT naming the field */
export function addressTests(
	wanted: readonly string[],
	field: string,
	of: (flow: FlowMessage) => string | undefined,
): readonly Test[] {
	return oneOf(wanted, field, (text, at) => {
		const outer = parsePrefix(text);
		if (outer === undefined) {
			throw invalidArgument(at, text, 'an IPv4 or IPv6 address or CIDR');
		}
		return (flow) => {
			const address = of(flow);
			const inner = address === undefined ? undefined : parsePrefix(address);
			return inner !== undefined && contains(outer, inner);
		};
	});
}

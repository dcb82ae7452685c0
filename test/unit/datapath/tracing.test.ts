import { expect, it } from 'vitest';
import * as abi from '../../../lib/abi/generated.js';
import { createTracing } from '../../../lib/datapath/tracing.js';
import type { BpfMap } from '../../../lib/native/addon.js';

const { Maximum, Medium } = abi.Aggregation;

function subject() {
	const memory = new ArrayBuffer(abi.dataControlCodec.size);
	const tracing = createTracing({ mmap: () => memory } as unknown as BpfMap);
	const word = () => new DataView(memory).getUint32(abi.dataControlOffsets.control + abi.controlOffsets.tracing, true);
	return { tracing, word };
}

it('the kernel plans while one endpoint asks for more than the least', () => {
	const { tracing, word } = subject();
	tracing.note(1, { aggregation: Maximum, sampling: 1 });
	expect(word()).toBe(0);
	tracing.note(1, { aggregation: Medium, sampling: 1 });
	tracing.note(2, { aggregation: Maximum, sampling: 2 });
	expect(word()).toBe(1);
	tracing.note(1, { aggregation: Maximum, sampling: 1 });
	expect(word()).toBe(1);
	tracing.note(2, { aggregation: Maximum, sampling: 0 });
	expect(word()).toBe(0);
});

it('endpoints that are restored say so again, whatever the word was', () => {
	const { tracing, word } = subject();
	tracing.note(7, { aggregation: Maximum, sampling: 1 });
	expect(word()).toBe(0);
});

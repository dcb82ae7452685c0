import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { u32Codec, type Codec } from '../../../lib/abi/codec.js';
import {
	peerCodec,
	peerKeyCodec,
	PolicyAction,
	policySetCodec,
	ruleCodec,
	ruleKeyCodec,
} from '../../../lib/abi/generated.js';
import { createClassAllocator } from '../../../lib/policy/class-allocator.js';
import { compile, compileSet } from '../../../lib/policy/compile.js';
import { headerOf, type TableImage } from '../../../lib/policy/image.js';
import { packStep, type PackedWrites } from '../../../lib/policy/pack.js';
import { readImage } from '../../../lib/policy/read-image.js';
import { createPolicyTable } from '../../../lib/policy/table.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { anyTable } from './arbitrary.js';

const { unionOf } = createOrigins();

function packed(image: TableImage): PackedWrites[] {
	return createPolicyTable()
		.plan({ put: image.sets.values() })
		.steps.flatMap((step) => packStep(step));
}

function* entries<K, V>(
	writes: readonly PackedWrites[],
	map: string,
	keys: Codec<K>,
	values: Codec<V>,
): Generator<[K, V]> {
	for (const write of writes.filter((one) => one.map === map)) {
		for (let i = 0; i < write.count; i++) {
			yield [keys.decode(write.keys, i * keys.size), values.decode(write.values!, i * values.size)];
		}
	}
}

function unpacked(writes: readonly PackedWrites[]): TableImage {
	return readImage({
		sets: entries(writes, 'policy_sets', u32Codec, policySetCodec),
		peers: entries(writes, 'peers', peerKeyCodec, peerCodec),
		rules: [...entries(writes, 'rules', ruleKeyCodec, ruleCodec)].reverse(),
	});
}

describe('packed writes', () => {
	test('hold a rule as the kernel’s trie takes it', () => {
		const row = { peer: 300, direction: 'egress', protocol: 17, port: 0x1234, endPort: 0x1235 } as const;
		const rows = [{ ...row, action: 'deny', precedence: 0, cookie: 0x8000_0001 } as const];
		const image = compile(
			[{ id: 4, defaults: { ingress: 'allow', egress: 'deny' }, rows }],
			createClassAllocator(),
			unionOf,
		);
		const writes = packed(image);
		expect([...entries(writes, 'rules', ruleKeyCodec, ruleCodec)]).toEqual([
			[
				{ prefixlen: 63, ruleClass: 1, direction: 1, protocol: 17, port: 0x1234 },
				{ action: PolicyAction.Deny, flags: 0, proxyPort: 0, cookie: 0x8000_0001 },
			],
		]);
		expect([...entries(writes, 'peers', peerKeyCodec, peerCodec)]).toEqual([
			[{ policySet: 4, identity: 300, direction: 1 }, { ruleClass: 1 }],
		]);
		expect([...entries(writes, 'policy_sets', u32Codec, policySetCodec)]).toEqual([
			[4, { flags: 2 | 8, defaultClass: [0, 0] }],
		]);
	});

	test('read back are the image they were made from', () => {
		fc.assert(
			fc.property(anyTable, (specs) => {
				const image = compile(specs, createClassAllocator(), unionOf);
				const said = [...image.sets].filter(([, set]) =>
					packStep({
						kind: 'put-sets',
						sets: [{ id: set.id, header: headerOf(set), before: undefined }],
					})[0]!.values!.some(Boolean),
				);
				expect(unpacked(packed(image))).toEqual({ ...image, sets: new Map(said) });
			}),
		);
	});

	test('read back after a restart make the same policy no work', () => {
		fc.assert(
			fc.property(anyTable, (specs) => {
				const table = createPolicyTable();
				table.plan({ put: specs.map((spec) => compileSet(spec, table.classes, unionOf)) }).commit();
				const again = createPolicyTable(unpacked(packed(table.image())));
				const { steps } = again.plan({ put: specs.map((spec) => compileSet(spec, again.classes, unionOf)) });
				// A set that says nothing leaves no trace in the kernel; writing its zeros again is no harm.
				expect(steps.filter((step) => step.kind !== 'put-sets')).toEqual([]);
			}),
		);
	});
});

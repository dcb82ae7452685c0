/** The entries that map_calls.c writes, in the same order, by the generated codecs. */
import { addressCodec, addressKeyCodec, ruleCodec, ruleKeyCodec } from '../../lib/abi/generated.js';
import type { Address, AddressKey, Rule, RuleKey } from '../../lib/abi/generated.js';
import type { Codec } from '../../lib/abi/codec.js';

export interface Pattern<K, V> {
	readonly map: 'addresses' | 'rules';
	readonly keys: Codec<K>;
	readonly values: Codec<V>;
	/** Entry `i`; the objects are used again by the next call. */
	entry(i: number): readonly [K, V];
}

type Writable<T> = { -readonly [P in keyof T]: T[P] };

export function addressPattern(): Pattern<AddressKey, Address> {
	const bytes = new Uint8Array(16);
	const view = new DataView(bytes.buffer);
	const key = { network: 1, family: 4, address: bytes } as AddressKey;
	const value: Writable<Address> = { identity: 0, endpoint: 0 };
	const pair = [key, value] as const;
	return {
		map: 'addresses',
		keys: addressKeyCodec,
		values: addressCodec,
		entry(i) {
			view.setUint32(0, 0x0a000000 + i, false);
			value.identity = 256 + (i & 1023);
			return pair;
		},
	};
}

const tcp = 6;
const allow = 1;

export function rulePattern(): Pattern<RuleKey, Rule> {
	const key: Writable<RuleKey> = { prefixlen: 64, ruleClass: 0, direction: 0, protocol: tcp, port: 0 };
	const value: Writable<Rule> = { action: allow, flags: 0, proxyPort: 0, cookie: 0 };
	const pair = [key, value] as const;
	return {
		map: 'rules',
		keys: ruleKeyCodec,
		values: ruleCodec,
		entry(i) {
			key.ruleClass = 1 + (i >> 12);
			key.port = i & 4095;
			value.cookie = i;
			return pair;
		},
	};
}

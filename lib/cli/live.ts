import { existsSync } from 'node:fs';
import { tryParseAddress } from '../addresses/address.js';
import type { EndpointRef, LiveExplanation, PolicyQuestion } from '../datapath/explain-policies.js';
import { HeddleError } from '../errors.js';
import { nameOf } from '../explain/names.js';
import { createLabelSet } from '../labels/label-set.js';
import type { VerifyResult } from '../proof/verify-result.js';

/** A datapath that is running, as far as this command line asks it. */
export interface Live {
	explain(question: PolicyQuestion): LiveExplanation;
	verify(): VerifyResult;
	nameOf(identity: number): string;
	/** It goes on without us. */
	close(): Promise<void>;
}

/** Adopts what is pinned, changing nothing. @throws ERR_UNREADABLE where there is nothing, and as `openDatapath` does */
export async function openLive(pinPath: string): Promise<Live> {
	// Without one, opening would make one.
	if (!existsSync(pinPath)) {
		throw new HeddleError('ERR_UNREADABLE', `--pin: found nothing at ${pinPath}, expected a pinned datapath`);
	}
	// Only here: the other commands need neither the addon nor root.
	const { openDatapath } = await import('../datapath/open.js');
	const datapath = await openDatapath({ pinPath, existing: 'adopt', sweepIntervalMs: 0 });
	const endpoints = new Map([...datapath.endpoints.values()].map(({ identity, name }) => [Number(identity.id), name]));
	return {
		explain: (question) => datapath.policies.explain(question),
		verify: () => datapath.policies.verify(),
		nameOf(id) {
			const { labels = {} } = datapath.identities.get(id) ?? {};
			return endpoints.get(id) ?? nameOf({ id, labels: createLabelSet(labels) });
		},
		close: () => datapath.close(),
	};
}

/** `default/client`, `host`, `256`, `10.0.0.1`, `10.0.0.1@blue` */
export function parseLiveRef(text: string): EndpointRef {
	const [address = '', network = 'default'] = text.split('@');
	if (tryParseAddress(address) !== undefined) {
		return { network, address };
	}
	return /^\d+$/.test(text) ? Number(text) : text;
}

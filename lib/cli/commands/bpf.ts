import type { PinnedAddress } from '../../pinned/addresses.js';
import type { Conversation, ConversationEnd } from '../../pinned/conversations.js';
import type { PinnedMaps } from '../../pinned/open.js';
import type { PinnedRule } from '../../pinned/policy-rows.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { labelTexts, tellRows, type Columns } from '../lists.js';
import type { OptionSpecs } from '../options.js';
import { OUTPUT_OPTION } from '../shared-options.js';
import { theWord } from './positionals.js';

const PIN_PATH = '/sys/fs/bpf/heddle';

const PIN_PATH_OPTION = {
	'pin-path': { value: 'PATH', help: `where the datapath is pinned (default ${PIN_PATH})` },
} as const satisfies OptionSpecs;

const DESCRIPTION = [
	'Reads the pinned maps, also while no agent runs; changes nothing, and disturbs nobody who runs them. Needs root.',
	'Exit code 0: listed; 2: wrong usage, or nothing is pinned there.',
].join('\n');

/** A table of the kernel's, row by row. */
interface MapListing<T> {
	readonly name: string;
	readonly summary: string;
	readonly columns: Columns<T>;
	read(pinned: PinnedMaps): Promise<readonly T[]>;
}

function listing<T>({ name, summary, columns, read }: MapListing<T>): Command {
	return {
		group: 'bpf',
		name,
		summary,
		usage: 'list [--pin-path PATH] [-o table|json|yaml]',
		description: DESCRIPTION,
		options: { ...PIN_PATH_OPTION, ...OUTPUT_OPTION },
		async run(options, io) {
			theWord(options, 'list');
			// Only here: the other commands need neither the addon nor root.
			const { openPinnedMaps } = await import('../../pinned/open.js');
			const pinned = openPinnedMaps(options.get('pin-path') ?? PIN_PATH);
			try {
				tellRows(options, io, await read(pinned), columns);
			} finally {
				pinned.close();
			}
			return EXIT_YES;
		},
	};
}

interface NamedRule extends PinnedRule {
	readonly names: readonly string[];
	readonly labels: Readonly<Record<string, string>>;
}

export const bpfPolicy = listing<NamedRule>({
	name: 'policy',
	summary: "lists the policy that the kernel's maps hold",
	columns: {
		SET: ({ set }) => set,
		ENDPOINTS: ({ names }) => names.join(','),
		DIRECTION: ({ direction }) => direction,
		IDENTITY: ({ identity }) => identity,
		'PORT/PROTO': portText,
		ACTION: ({ action, audited }) => (audited ? `${action} (audit)` : action),
		'PROXY PORT': ({ proxyPort }) => (proxyPort === 0 ? 'NONE' : proxyPort),
		COOKIE: ({ cookie }) => cookie,
		LABELS: ({ labels }) => labelTexts(labels),
	},
	async read(pinned) {
		const { pinnedRules } = await import('../../pinned/policy-rows.js');
		return pinnedRules(pinned).map((rule) => ({
			...rule,
			names: rule.endpoints.map((id) => pinned.names.endpoint(id) ?? String(id)),
			labels: rule.identity === 'any' ? {} : pinned.names.labels(rule.identity),
		}));
	},
});

const LAST_PORT = 65_535;

function portText({ protocol, port, endPort }: PinnedRule): string {
	if (protocol === 'any') {
		return 'ANY';
	}
	const every = port === 0 && endPort === LAST_PORT;
	return `${every ? '' : port === endPort ? `${port}/` : `${port}-${endPort}/`}${protocol.toUpperCase()}`;
}

export const bpfIpcache = listing<PinnedAddress>({
	name: 'ipcache',
	summary: "lists the identities of addresses that the kernel's maps hold",
	columns: {
		NETWORK: ({ network }) => network,
		'IP PREFIX/ADDRESS': ({ cidr }) => cidr,
		IDENTITY: ({ identity }) => identity,
		ENDPOINT: ({ endpoint, endpointName }) => endpointName ?? endpoint,
		SOURCE: ({ source }) => source,
	},
	async read(pinned) {
		return (await import('../../pinned/addresses.js')).pinnedAddresses(pinned);
	},
});

export const bpfFlows = listing<Conversation>({
	name: 'flows',
	summary: "lists the conversations that the kernel's flow table holds",
	columns: {
		NETWORK: ({ network }) => network,
		PROTOCOL: ({ protocol }) => protocol,
		SOURCE: ({ source }) => endText(source),
		DESTINATION: ({ destination }) => endText(destination),
		STATE: ({ state }) => state,
		PACKETS: ({ source }) => source.packets,
		BYTES: ({ source }) => source.bytes,
		'REPLY PACKETS': ({ destination }) => destination.packets,
		'REPLY BYTES': ({ destination }) => destination.bytes,
	},
	async read(pinned) {
		return [...(await import('../../pinned/conversations.js')).conversations(pinned)];
	},
});

function endText({ address, port, endpointName, identity }: ConversationEnd): string {
	const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
	return `${place} (${endpointName === undefined ? '' : `${endpointName} `}ID:${identity})`;
}

import type { IpBlocks } from '../rules/context.js';
import type { Options, OptionSpecs } from './options.js';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export const INPUT_OPTIONS = {
	filename: {
		short: 'f',
		value: 'FILE|DIR|-',
		multiple: true,
		help: 'documents: a file, the .yaml, .yml and .json files of a folder, or - for stdin; may be repeated',
	},
	recursive: { short: 'R', help: 'folders with the folders in them' },
} as const satisfies OptionSpecs;

export const OUTPUT_OPTION = {
	output: { short: 'o', value: 'FORMAT', choices: FORMATS, help: 'table (for people; the default), json or yaml' },
} as const satisfies OptionSpecs;

export const IP_BLOCKS_OPTION = {
	'ip-blocks': {
		value: 'MEANING',
		choices: ['external', 'endpoints'],
		help: "what ipBlock of Kubernetes' policies means for pods: external (nothing; the default) or endpoints",
	},
} as const satisfies OptionSpecs;

export const PIN_OPTION = {
	pin: { value: 'PATH', help: 'of the datapath that is pinned under this path of a bpffs' },
} as const satisfies OptionSpecs;

export function formatOf(options: Options): Format {
	return (options.get('output') ?? 'table') as Format;
}

export function ipBlocksOf(options: Options): IpBlocks {
	return (options.get('ip-blocks') ?? 'external') as IpBlocks;
}

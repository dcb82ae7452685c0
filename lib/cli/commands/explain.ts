import type { LiveExplanation } from '../../datapath/explain-policies.js';
import { explain as explainIn } from '../../explain/explain.js';
import type { AccessVerdict, Explanation } from '../../explain/explanation.js';
import { formatExplanation } from '../../explain/format.js';
import { policiesOf } from '../../explain/world.js';
import { createOrigins } from '../../rules/origins.js';
import { worldOf, type PolicyWorld } from '../../rules/world.js';
import type { Command } from '../command.js';
import { createNamer, findIdentity } from '../identity-names.js';
import { readInputs } from '../inputs.js';
import { createPaint, EXIT_NO, EXIT_YES, type Colour, type Io } from '../io.js';
import { requireValid } from '../issues.js';
import { openLive, parseLiveRef } from '../live.js';
import { usageError, type Options } from '../options.js';
import { tell } from '../output.js';
import { parsePacket } from '../packet.js';
import { PIN_OPTION, formatOf, INPUT_OPTIONS, IP_BLOCKS_OPTION, ipBlocksOf, OUTPUT_OPTION } from '../shared-options.js';

export const explain: Command = {
	group: 'policy',
	name: 'explain',
	summary: 'tells what policy makes of a connection, and why',
	usage: '-f FILE|DIR|- --from POD --to POD --port 80/TCP [-o table|json|yaml] [--exit-code]',
	description: [
		'The verdict of both sides, the rules that decided, with file and line, and of the rules that do not match what',
		'would have to be different. Ends are pods (namespace/name, name@network), entities (host, world-ipv4), identities',
		'or addresses. With --pin, of a datapath that is running, in the place of documents.',
		'Exit code 0: it is told; with --exit-code 1: the connection is denied; 2: wrong usage, or documents that cannot be',
		'read or are wrong.',
	].join('\n'),
	options: {
		...INPUT_OPTIONS,
		from: { value: 'END', help: 'who connects' },
		to: { value: 'END', help: 'who is connected to' },
		port: {
			value: 'PORT[/PROTOCOL]',
			help: 'number or name of the port, TCP without protocol; ICMP: type, or type:code',
		},
		'exit-code': { help: 'exits with 1 where the connection is denied' },
		...PIN_OPTION,
		...OUTPUT_OPTION,
		...IP_BLOCKS_OPTION,
	},
	async run(options, io) {
		const { explanation, nameOf, loaded } = await (options.has('pin') ? ofDatapath(options) : ofDocuments(options, io));
		const painted = createPaint(io);
		const paint = (text: string, verdict: AccessVerdict) => painted(text, COLOURS[verdict]);
		tell(
			io,
			formatOf(options),
			() => explanation,
			() => formatExplanation(explanation, { nameOf, paint }) + formatLoaded(loaded),
		);
		const passes = explanation.verdict !== 'denied' && explanation.separated === undefined;
		return passes || !options.has('exit-code') ? EXIT_YES : EXIT_NO;
	},
};

const COLOURS: Readonly<Record<AccessVerdict, Colour>> = {
	allowed: 'green',
	audited: 'yellow',
	redirected: 'yellow',
	denied: 'red',
};

interface Told {
	readonly explanation: Explanation;
	readonly nameOf: (identity: number) => string;
	readonly loaded?: LiveExplanation['loaded'];
}

async function ofDocuments(options: Options, io: Io): Promise<Told> {
	const documents = requireValid(await readInputs(options, io), io);
	const world = worldOf(documents);
	const context = { origins: createOrigins(), services: world.services, ipBlocks: ipBlocksOf(options) };
	const policies = policiesOf(documents, context);
	return {
		explanation: explainIn({ policies, origins: context.origins }, questionOf(options, world)),
		nameOf: createNamer(world),
	};
}

/** Ends are what the datapath knows; ports have no names there. */
async function ofDatapath(options: Options): Promise<Told> {
	if (options.all('filename').length + options.positionals.length > 0) {
		throw usageError('found documents and --pin, expected one of them');
	}
	const [from, to] = [requireEnd(options, 'from'), requireEnd(options, 'to')];
	const packet = parsePacket(options.get('port'), []);
	const live = await openLive(options.get('pin')!);
	try {
		const explanation = live.explain({ from: parseLiveRef(from), to: parseLiveRef(to), ...packet });
		// Closed by the time it is told.
		const names = new Map([explanation.from, explanation.to].map(({ identity }) => [identity, live.nameOf(identity)]));
		return { explanation, nameOf: (id) => names.get(id) ?? `identity ${id}`, loaded: explanation.loaded };
	} finally {
		await live.close();
	}
}

function requireEnd(options: Options, name: 'from' | 'to'): string {
	const text = options.get(name);
	if (text === undefined) {
		throw usageError(`--${name}: found nothing, expected an endpoint, an entity, an identity or ADDRESS[@NETWORK]`);
	}
	return text;
}

function questionOf(options: Options, world: PolicyWorld) {
	const from = findIdentity(world, 'from', options.get('from'));
	const to = findIdentity(world, 'to', options.get('to'));
	return { from, to, ...parsePacket(options.get('port'), to.namedPorts ?? []) };
}

/** What the kernel's maps answer, which is to be the same. */
function formatLoaded(loaded: Told['loaded'] = {}): string {
	const sides = Object.entries(loaded).map(([direction, { verdict }]) => `${direction} ${verdict}`);
	return sides.length === 0 ? '' : `\nthe kernel's maps: ${sides.join(', ')}\n`;
}

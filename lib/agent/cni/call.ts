import { isMapping } from '../../documents/check.js';
import { describeValue } from '../../errors.js';
import { CniError, DECODE_FAILURE, INVALID_ENVIRONMENT } from './cni-error.js';

export const CNI_COMMANDS = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS'] as const;
export type CniCommand = (typeof CNI_COMMANDS)[number];

/** One call as the plugin passes it on: the runtime's environment, and the configuration as it was on its input. */
export interface CniCall {
	readonly command: CniCommand;
	readonly containerId: string;
	readonly netns: string;
	readonly ifname: string;
	readonly args: string;
	readonly config: Readonly<Record<string, unknown>>;
}

const VARIABLES = {
	containerID: 'CNI_CONTAINERID',
	netns: 'CNI_NETNS',
	ifname: 'CNI_IFNAME',
} as const;
type Variable = keyof typeof VARIABLES;

const NEEDED: Readonly<Record<CniCommand, readonly Variable[]>> = {
	ADD: ['containerID', 'netns', 'ifname'],
	CHECK: ['containerID', 'netns', 'ifname'],
	// The namespace may be gone.
	DEL: ['containerID', 'ifname'],
	GC: [],
	STATUS: [],
};

const CONTAINER_ID = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const INTERFACE = /^[^/:\s]{1,15}$/;

/** @throws CniError 4, 6 */
export function readCall(body: unknown): CniCall {
	if (!isMapping(body) || !isMapping(body['config'])) {
		throw new CniError(DECODE_FAILURE, 'the call: expected an object with command and config');
	}
	const command = CNI_COMMANDS.find((known) => known === body['command']);
	if (command === undefined) {
		const found = describeValue(body['command']);
		throw new CniError(INVALID_ENVIRONMENT, `CNI_COMMAND: found ${found}, expected ${CNI_COMMANDS.join(', ')}`);
	}
	const text = (name: string) => textIn(body, name);
	const missing = NEEDED[command].filter((name) => text(name) === '').map((name) => VARIABLES[name]);
	if (missing.length > 0) {
		throw new CniError(INVALID_ENVIRONMENT, `${missing.join(', ')}: found none, expected a value for ${command}`);
	}
	checkVariable('containerID', text('containerID'), CONTAINER_ID, 'letters, digits, _, . and -');
	checkVariable('ifname', text('ifname'), INTERFACE, 'at most 15 characters without /, : and spaces');
	return {
		command,
		containerId: text('containerID'),
		netns: text('netns'),
		ifname: text('ifname'),
		args: text('args'),
		config: body['config'],
	};
}

function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
	const found = body[name] ?? '';
	if (typeof found === 'string') {
		return found;
	}
	throw new CniError(DECODE_FAILURE, `${name}: found ${describeValue(found)}, expected a text`);
}

function checkVariable(name: Variable, found: string, pattern: RegExp, expected: string): void {
	if (found !== '' && (!pattern.test(found) || found === '.' || found === '..')) {
		throw new CniError(INVALID_ENVIRONMENT, `${VARIABLES[name]}: found ${describeValue(found)}, expected ${expected}`);
	}
}

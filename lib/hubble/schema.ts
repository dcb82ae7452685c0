import { join } from 'node:path';
import type { Enum, Root, Service, Type } from 'protobufjs';
import { packageRoot } from '../cli/version.js';
import type { HubbleLibraries } from './libraries.js';

/** The messages and services of `proto/`. */
export interface Schema {
	type(name: string): Type;
	service(name: string): Service;
	/** The number of an enum's value: `number('flow.Verdict', 'DROPPED')`. */
	number(name: string, value: string): number;
	/** Whether a number is one of an enum's. */
	has(name: string, value: number): boolean;
}

const FOLDER = 'lib/hubble/proto';
const FILES = [
	'flow/flow.proto',
	'observer/observer.proto',
	'peer/peer.proto',
	'relay/relay.proto',
	'grpc/health/v1/health.proto',
];

export function loadSchema({ protobuf }: Pick<HubbleLibraries, 'protobuf'>): Schema {
	const root = new protobuf.Root();
	const folder = join(packageRoot(), FOLDER);
	// Google's own types come with the library.
	root.resolvePath = (_, target) => (target.startsWith('google/') ? target : join(folder, target));
	root.loadSync(FILES, { keepCase: true });
	root.resolveAll();
	return schemaOf(root);
}

function schemaOf(root: Root): Schema {
	const enumOf = (name: string): Enum => root.lookupEnum(name);
	return {
		type: (name) => root.lookupType(name),
		service: (name) => root.lookupService(name),
		number(name, value) {
			const number = enumOf(name).values[value];
			if (number === undefined) {
				throw new Error(`no ${value} in ${name}`);
			}
			return number;
		},
		has: (name, value) => enumOf(name).valuesById[value] !== undefined,
	};
}

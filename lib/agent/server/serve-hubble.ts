import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Datapath } from '../../datapath/datapath.js';
import { reading } from '../../documents/reading.js';
import { serveHubble } from '../../hubble/server.js';
import type { HubbleTls } from '../../hubble/options.js';
import type { HubbleServer } from '../../hubble/server.js';
import type { HubbleSource } from '../../hubble/source.js';
import type { HubbleConfig } from '../config/agent-config.js';
import type { KeptHistory } from '../records/history.js';

/** @throws those of `serveHubble`; ERR_UNREADABLE naming a key's or certificate's file */
export async function serveAgentHubble(
	datapath: Datapath,
	{ listen, nodeName = hostname(), clusterName, tls }: HubbleConfig,
	history: KeptHistory | undefined,
	log: (line: string) => void,
): Promise<HubbleServer> {
	const source: HubbleSource = {
		flows: (options) => datapath.flows(options),
		past: (query) => history?.past(query),
	};
	return serveHubble(source, {
		listen,
		nodeName,
		log,
		...(clusterName === undefined ? {} : { clusterName }),
		...(tls === undefined ? {} : { tls: await readTls(tls) }),
	});
}

async function readTls({ cert, key, ca }: NonNullable<HubbleConfig['tls']>): Promise<HubbleTls> {
	const read = (file: string) => reading(file, readFile(file));
	return {
		cert: await read(cert),
		key: await read(key),
		...(ca === undefined ? {} : { ca: await read(ca) }),
	};
}

import { isMapping } from '../../documents/check.js';
import { readCall } from './call.js';
import { cniErrorBody, type CniErrorBody } from './cni-error.js';
import { HANDLERS, type CniHost } from './commands.js';
import { negotiate } from './negotiate.js';
import { readNetworkConfig } from './network-config.js';
import type { CniResult } from './result.js';
import { NEWEST_VERSION, knownVersion } from './versions.js';

export type CniAnswer =
	| { readonly ok: true; readonly body: CniResult | undefined }
	| { readonly ok: false; readonly body: CniErrorBody; readonly error: unknown };

/** One call of the plugin. Whatever is wrong, the answer is of CNI's form. */
export async function answerCni(host: CniHost, body: unknown): Promise<CniAnswer> {
	try {
		const call = readCall(body);
		const version = negotiate(call.command, call.config['cniVersion']);
		const config = readNetworkConfig(call.config);
		return { ok: true, body: await HANDLERS[call.command](host, { call, config, version }) };
	} catch (error) {
		const config = isMapping(body) ? body['config'] : undefined;
		const asked = isMapping(config) ? config['cniVersion'] : undefined;
		return { ok: false, body: cniErrorBody(error, knownVersion(asked) ?? NEWEST_VERSION), error };
	}
}

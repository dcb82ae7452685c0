import { describeValue } from '../../errors.js';
import { CniError, INVALID_ENVIRONMENT } from './cni-error.js';

/** What of CNI_ARGS counts here; runtimes put more into it, for others. */
export interface CniArgs {
	readonly namespace?: string;
	readonly name?: string;
	/** `IP`, with commas between them: how podman and others without the capability `ips` ask for addresses. */
	readonly ips?: readonly string[];
	/** `MAC` */
	readonly mac?: string;
}

/** `K8S_POD_NAMESPACE=default;K8S_POD_NAME=client` @throws CniError 4 */
export function readCniArgs(text: string): CniArgs {
	const values = new Map<string, string>();
	for (const part of text.split(';').filter((one) => one !== '')) {
		const at = part.indexOf('=');
		if (at <= 0) {
			throw new CniError(
				INVALID_ENVIRONMENT,
				`CNI_ARGS: found ${describeValue(part)}, expected KEY=VALUE with ; between them`,
			);
		}
		values.set(part.slice(0, at), part.slice(at + 1));
	}
	const namespace = values.get('K8S_POD_NAMESPACE') ?? '';
	const name = values.get('K8S_POD_NAME') ?? '';
	const mac = values.get('MAC') ?? '';
	const ips = (values.get('IP') ?? '').split(',').filter((ip) => ip !== '');
	return {
		...(namespace === '' ? {} : { namespace }),
		...(name === '' ? {} : { name }),
		...(ips.length === 0 ? {} : { ips }),
		...(mac === '' ? {} : { mac }),
	};
}

import { isMapping, itemsOf } from '../../documents/check.js';
import { describeValue } from '../../errors.js';
import { CHECK_FAILED, CniError, INVALID_CONFIGURATION } from './cni-error.js';
import type { CniInterface, CniIp, CniResult } from './result.js';

/**
 * What a former ADD answered, against what there is. Plugins after ours may have added to it.
 * @throws CniError 7 where there is none, 101 naming what is different
 */
export function checkPrevious(previous: unknown, now: CniResult): void {
	if (!isMapping(previous)) {
		throw new CniError(INVALID_CONFIGURATION, 'prevResult: found none, expected the result of ADD');
	}
	const interfaces = itemsOf(previous, 'interfaces');
	now.interfaces.forEach((one) => checkInterface(interfaces, one));
	const ips = itemsOf(previous, 'ips');
	now.ips.forEach((ip) => checkIp(ips, interfaces, ip, now.interfaces[ip.interface]!));
	const routes = itemsOf(previous, 'routes');
	for (const { dst, gw } of now.routes) {
		if (!routes.some((route) => isMapping(route) && route['dst'] === dst && route['gw'] === gw)) {
			throw different('routes', `${dst} by ${gw}`);
		}
	}
}

function checkInterface(found: readonly unknown[], { name, mac, sandbox = '' }: CniInterface): void {
	const there = found.find((one) => isNamed(one, name, sandbox));
	if (there === undefined) {
		throw different('interfaces', sandbox === '' ? name : `${name} in ${sandbox}`);
	}
	const told = isMapping(there) ? there['mac'] : undefined;
	if (typeof told === 'string' && told.toLowerCase() !== mac) {
		throw new CniError(CHECK_FAILED, `prevResult.interfaces: ${name}: found ${describeValue(told)}, expected ${mac}`);
	}
}

function checkIp(found: readonly unknown[], interfaces: readonly unknown[], ip: CniIp, on: CniInterface): void {
	const isThere = found.some((one) => {
		const at = isMapping(one) && one['address'] === ip.address ? one['interface'] : undefined;
		return typeof at === 'number' && isNamed(interfaces[at], on.name, on.sandbox ?? '');
	});
	if (!isThere) {
		throw different('ips', `${ip.address} on ${on.name}`);
	}
}

function isNamed(found: unknown, name: string, sandbox: string): boolean {
	return isMapping(found) && found['name'] === name && (found['sandbox'] ?? '') === sandbox;
}

function different(field: string, expected: string): CniError {
	return new CniError(CHECK_FAILED, `prevResult.${field}: found no ${expected}, expected it: the attachment has it`);
}

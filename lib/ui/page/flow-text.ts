import type { WireEnd, WireFlow } from '../wire.js';

export function nameOfEnd({ name, namespace, endpointId, address }: WireEnd): string {
	if (endpointId === undefined) {
		return address === undefined || address === name ? name : `${name} ${address}`;
	}
	return namespace === undefined ? name : `${namespace}/${name}`;
}

export function placeOfEnd({ address, port, interface: iface }: WireEnd): string {
	const where = address?.includes(':') && port !== undefined ? `[${address}]` : (address ?? '');
	return `${where}${port === undefined ? '' : `:${port}`}${iface === undefined ? '' : ` ${iface}`}`;
}

/** What happened, as `heddle` and `hubble observe` say it. */
export function eventText({ eventType, direction, dropReason, rule, verdict, l7 }: WireFlow): string {
	if (l7 !== undefined) {
		return l7;
	}
	if (eventType === 'drop') {
		return dropReason ?? 'dropped';
	}
	if (eventType === 'policy-verdict') {
		return `policy ${direction.toLowerCase()}${rule === undefined ? '' : ` ${rule.match}`}`;
	}
	return `${eventType}${verdict === 'FORWARDED' ? '' : ` ${verdict}`}`;
}

export function timeText(timeMs: number): string {
	const time = new Date(timeMs);
	const two = (value: number) => String(value).padStart(2, '0');
	return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

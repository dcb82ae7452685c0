import * as abi from '../abi/generated.js';
import { parsePrefix } from '../addresses/prefix.js';
import { HeddleError, invalidArgument } from '../errors.js';
import type { PolicyService } from '../rules/context.js';
import type { Core } from './core.js';

/** A service of whom policies may speak; `namespace` is 'default' where it is not given. */
export interface ServiceOptions {
	readonly namespace?: string;
	readonly name: string;
	readonly labels?: Readonly<Record<string, string>>;
	/** Labels of the pods behind it, in its namespace. */
	readonly selector?: Readonly<Record<string, string>>;
	/** Backends by address. With a selector they are not asked. */
	readonly addresses?: readonly string[];
}

/** Services for `toServices`. Survive a restart of a pinned datapath. */
export interface KnownServices extends Iterable<PolicyService> {
	readonly size: number;
	/** Adds the service, or replaces the one of its name; policies that name it follow at once. @throws ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_MAP_FULL */
	set(service: ServiceOptions): void;
	/** `namespace/name`, or `name` in namespace `default`. false: there is none. */
	delete(ref: string): boolean;
}

export interface ServiceEngine extends KnownServices {
	restore(): void;
}

/* Between policy documents and learned names: see policies.ts, learned-names.ts. */
const FIRST_SERVICE = 0xc000_0000;

/** `changed`: policies are to be read again. Within the change. */
export function createKnownServices(core: Core, changed: () => void): ServiceEngine {
	const services = new Map<string, { readonly record: number; readonly service: PolicyService }>();
	let nextRecord = FIRST_SERVICE;

	function put(key: string, entry: { record: number; service: PolicyService } | undefined): void {
		const former = services.get(key);
		assign(key, entry);
		core.changes.undo(() => assign(key, former));
		remember((entry ?? former)!.record, entry?.service);
		core.changes.undo(() => remember((entry ?? former)!.record, former?.service));
		changed();
	}

	function assign(key: string, entry: { record: number; service: PolicyService } | undefined): void {
		if (entry === undefined) {
			services.delete(key);
		} else {
			services.set(key, entry);
		}
	}

	function remember(record: number, service: PolicyService | undefined): void {
		if (service === undefined) {
			core.records.delete(abi.RecordKind.Policy, record);
		} else {
			core.records.put(abi.RecordKind.Policy, record, service);
		}
	}

	return {
		get size() {
			return services.size;
		},
		set(options) {
			const service = checkService(options);
			const key = `${service.namespace}/${service.name}`;
			core.changes.run(() => put(key, { record: services.get(key)?.record ?? nextRecord++, service }));
		},
		delete(ref) {
			const key = ref.includes('/') ? ref : `default/${ref}`;
			return core.changes.run(() => {
				const found = services.has(key);
				if (found) {
					put(key, undefined);
				}
				return found;
			});
		},
		restore() {
			for (const { id, value } of core.records.all<PolicyService>(abi.RecordKind.Policy)) {
				if (id >= FIRST_SERVICE && 'namespace' in value) {
					services.set(`${value.namespace}/${value.name}`, { record: id, service: value });
					nextRecord = Math.max(nextRecord, id + 1);
				}
			}
		},
		*[Symbol.iterator]() {
			for (const { service } of services.values()) {
				yield service;
			}
		},
	};
}

function checkService({
	namespace = 'default',
	name,
	labels = {},
	selector,
	addresses = [],
}: ServiceOptions): PolicyService {
	for (const [field, text] of Object.entries({ namespace, name })) {
		if (typeof text !== 'string' || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text)) {
			throw invalidArgument(field, text, 'a name of lower-case letters, digits, - and .');
		}
	}
	addresses.forEach((text, i) => {
		if (parsePrefix(text) === undefined || text.includes('/')) {
			throw new HeddleError('ERR_INVALID_ADDRESS', `addresses[${i}]: found ${String(text)}, expected an IP address`, {
				field: `addresses[${i}]`,
				found: text,
			});
		}
	});
	return {
		namespace,
		name,
		labels: { ...labels },
		...(selector === undefined ? {} : { selector: { ...selector } }),
		addresses: [...addresses],
	};
}

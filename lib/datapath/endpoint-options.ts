import * as abi from '../abi/generated.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { formatAddress, isUsable, parseAddress } from '../addresses/address.js';
import type { Address } from '../addresses/address.js';
import type { LabelsInput } from '../labels/label-set.js';
import { parseProtocol, PORT_PROTOCOLS } from '../policy/protocols.js';
import type { NamedPort } from '../rules/policy-identity.js';
import { checkAggregation, checkSampling } from './aggregation.js';
import type { Telling } from './aggregation.js';
import { canonicalLabels } from './labels.js';
import type { Aggregation, Enforcement, Labels } from './types.js';

export interface PodRef {
	readonly namespace: string;
	readonly name: string;
}

export interface EndpointPort {
	/** As Kubernetes has it: at most 15 lower-case letters, digits and -, at least one letter. */
	readonly name: string;
	/** @default 'tcp' */
	readonly protocol?: 'tcp' | 'udp' | 'sctp';
	/** 1..65535 */
	readonly port: number;
}

export interface EndpointOptions {
	/** As flows and tables show it: 'client-cil1'. */
	readonly name: string;
	/** Of the pod; the network's label is added on networks other than `default`. */
	readonly labels: LabelsInput;
	/** IPv4 and IPv6 addresses of the pod on this network, without prefix length. Others are dropped as spoofed. */
	readonly addresses: readonly string[];
	readonly pod?: PodRef;
	/** Ports by name, as policies may call them: of the pod's containers. @default none */
	readonly namedPorts?: readonly EndpointPort[];
	/** @default 'default' */
	readonly enforcement?: Enforcement;
	/** What policy denies is forwarded, and reported with verdict AUDIT. @default false */
	readonly audit?: boolean;
	/** What is told of its packets. @default `aggregation` of `openDatapath` */
	readonly aggregation?: Aggregation;
	/**
	 * Of packets and of conversations that begin, one of so many is told, by chance, and its flows say so in `weight`;
	 * 1..65535. Drops, refusals, what audit let through and ends are all told. @default `sampling` of `openDatapath`
	 */
	readonly sampling?: number;
	/** Namespace of the pod's end, to read its MAC there: an open fd, a path, or a name under /run/netns. */
	readonly podNetns?: number | string;
	/** Name of the pod's end, where it is known; with `mac`, nobody looks into the pod's namespace. */
	readonly podInterface?: string;
	/** The pod's MAC; needed where its end is in another namespace and `podNetns` is not given. */
	readonly mac?: string;
}

/** Options as the datapath needs them. */
export interface CheckedOptions extends Telling {
	readonly name: string;
	readonly labels: Labels;
	readonly addresses: readonly Address[];
	readonly pod?: PodRef;
	readonly namedPorts: readonly NamedPort[];
	readonly enforcement: Enforcement;
	readonly audit: boolean;
}

const ENFORCEMENTS: Readonly<Record<Enforcement, number>> = {
	default: abi.Enforcement.Default,
	always: abi.Enforcement.Always,
	never: abi.Enforcement.Never,
};

/** @throws ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS */
export function checkOptions(options: EndpointOptions, defaults: Telling): CheckedOptions {
	const { name, pod, enforcement = 'default', audit = false } = options;
	if (typeof name !== 'string' || name === '') {
		throw invalidArgument('name', name, 'a string that is not empty');
	}
	if (!Object.hasOwn(ENFORCEMENTS, enforcement)) {
		throw invalidArgument('enforcement', enforcement, "'default', 'always' or 'never'");
	}
	if (pod !== undefined && (typeof pod.namespace !== 'string' || typeof pod.name !== 'string')) {
		throw invalidArgument('pod', pod, 'an object { namespace, name }');
	}
	return {
		name,
		labels: canonicalLabels(options.labels),
		addresses: checkAddresses(options.addresses),
		...(pod === undefined ? {} : { pod: Object.freeze({ namespace: pod.namespace, name: pod.name }) }),
		namedPorts: checkPorts(options.namedPorts ?? []),
		enforcement,
		audit: audit === true,
		aggregation: checkAggregation(options.aggregation ?? defaults.aggregation),
		sampling: checkSampling(options.sampling ?? defaults.sampling),
	};
}

const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

function checkPorts(ports: readonly EndpointPort[]): readonly NamedPort[] {
	if (!Array.isArray(ports)) {
		throw invalidArgument('namedPorts', ports, "an array such as [{ name: 'http', port: 80 }]");
	}
	return ports.map(({ name, protocol = 'tcp', port }, i) => {
		const number = typeof protocol === 'string' ? parseProtocol(protocol) : undefined;
		if (typeof name !== 'string' || !PORT_NAME.test(name)) {
			throw invalidArgument(`namedPorts[${i}].name`, name, 'a port name: at most 15 of a-z, 0-9 and -, one a letter');
		}
		if (typeof number !== 'number' || !PORT_PROTOCOLS.includes(number)) {
			throw invalidArgument(`namedPorts[${i}].protocol`, protocol, "'tcp', 'udp' or 'sctp'");
		}
		if (!Number.isInteger(port) || port < 1 || port > 65535) {
			throw invalidArgument(`namedPorts[${i}].port`, port, 'an integer from 1 to 65535');
		}
		return Object.freeze({ name, protocol: number, port });
	});
}

export function enforcementNumber(enforcement: Enforcement): number {
	return ENFORCEMENTS[enforcement];
}

function checkAddresses(texts: readonly string[]): Address[] {
	if (!Array.isArray(texts) || texts.length === 0) {
		throw invalidArgument('addresses', texts, 'an array of at least one address');
	}
	const seen = new Set<string>();
	return texts.map((text, i) => {
		const field = `addresses[${i}]`;
		const address = parseAddress(text, field);
		const canonical = formatAddress(address.family, address.bytes);
		if (!isUsable(address)) {
			throw new HeddleError(
				'ERR_INVALID_ADDRESS',
				`${field}: found ${canonical}, expected a unicast address beyond the link`,
				{
					field,
					found: text,
				},
			);
		}
		if (seen.has(canonical)) {
			throw new HeddleError('ERR_INVALID_ADDRESS', `${field}: found ${canonical} twice, expected it once`, {
				field,
				found: text,
			});
		}
		seen.add(canonical);
		return address;
	});
}

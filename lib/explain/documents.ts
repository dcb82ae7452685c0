import type { HeddleDocument } from '../documents/document.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { parseProtocol } from '../policy/protocols.js';
import type { IpBlocks } from '../rules/context.js';
import { createOrigins } from '../rules/origins.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { worldOf, type PolicyWorld } from '../rules/world.js';
import { explain } from './explain.js';
import type { Explanation } from './explanation.js';
import { policiesOf } from './world.js';

export interface DocumentQuestion {
	/** As `PolicyWorld.find` takes it: `default/client`, `client@jupiter`, `host`, `203.0.113.7`. */
	readonly from: string;
	readonly to: string;
	/** 'tcp', 'udp', 'sctp', 'icmp', 'icmpv6' or an IANA number. */
	readonly protocol: string | number;
	/** Of the destination; ICMP: type << 8 | code. @default 0 */
	readonly port?: number;
	/** @default 'external' */
	readonly ipBlocks?: IpBlocks;
}

/**
 * What policy makes of the first packet of a connection, and why, told by documents alone: pods, namespaces, services and
 * policies among them. No root, no kernel. @throws ERR_NOT_FOUND, ERR_INVALID_ARGUMENT
 */
export function explainDocuments(documents: Iterable<HeddleDocument>, question: DocumentQuestion): Explanation {
	const all = [...documents];
	const world = worldOf(all);
	const protocol = parseProtocol(question.protocol);
	if (typeof protocol !== 'number') {
		throw invalidArgument(
			'protocol',
			question.protocol,
			"'tcp', 'udp', 'sctp', 'icmp', 'icmpv6' or a number from 0 to 255",
		);
	}
	const { port = 0, ipBlocks = 'external' } = question;
	if (!Number.isInteger(port) || port < 0 || port > 65535) {
		throw invalidArgument('port', port, 'an integer from 0 to 65535');
	}
	const origins = createOrigins();
	const policies = policiesOf(all, { origins, services: world.services, ipBlocks });
	const [from, to] = [endOf(world, 'from', question.from), endOf(world, 'to', question.to)];
	return explain({ policies, origins }, { from, to, protocol, port });
}

function endOf(world: PolicyWorld, field: string, ref: string): PolicyIdentity {
	const found = world.find(ref);
	if (found === undefined) {
		throw new HeddleError(
			'ERR_NOT_FOUND',
			`${field}: found no '${ref}' in the documents, expected a pod, a node, an entity, an identity or an address`,
			{ field, found: ref },
		);
	}
	return found;
}

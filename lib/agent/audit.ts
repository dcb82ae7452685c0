import type { Audit } from '../pods/audit.js';
import { attachmentKey, isHostInterfaceName } from '../pods/names.js';
import { ownerOf } from '../pods/owners.js';
import type { AgentParts } from './agent-parts.js';

export function audit({ table, netlink, datapath, ipam }: AgentParts): Audit {
	const all = [...table].flatMap((row) => row.attachments.map((attachment) => ({ row, attachment })));
	const known = new Set(all.map(({ attachment }) => attachment.hostInterface));
	const present = new Set(netlink.links().map(({ name }) => name));
	const isStray = (name: string) => isHostInterfaceName(name) && !known.has(name);
	return {
		interfaces: [...present].filter(isStray),
		missing: all
			.filter(({ attachment }) => !present.has(attachment.hostInterface))
			.map(({ row, attachment }) => attachmentKey(row.id, attachment.network)),
		endpoints: Array.from(datapath.endpoints.values())
			.filter((endpoint) => isStray(endpoint.interface.name))
			.map(({ name }) => name),
		addresses: ipam
			.leaked(all.map(({ row, attachment }) => ownerOf(row, attachment.network)))
			.map(({ owner }) => owner),
	};
}

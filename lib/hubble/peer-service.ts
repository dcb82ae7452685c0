import type { NodeInfo } from './node-info.js';
import type { OpenStreams } from './open-streams.js';
import type { Streaming } from './service.js';

const PEER_ADDED = 1;

/** `peer.Peer`: this node, which does not change. */
export function createPeerService(node: NodeInfo, silent: OpenStreams) {
	return {
		unary: {},
		streaming: {
			Notify(_: object, call: Streaming): void {
				const { name, serverName } = node;
				const tls = serverName === undefined ? undefined : { server_name: serverName };
				call.write({ name, address: node.address(), type: PEER_ADDED, tls });
				silent.keep(call);
			},
		},
	};
}

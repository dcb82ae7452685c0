import type { AgentEventLog } from './agent-events/log.js';
import { serveClient } from './client.js';
import type { FlowCodec } from './codec.js';
import { compileFilters } from './filters/compile.js';
import type { FilterTools } from './filters/test.js';
import type { EventsRequest, GetFlowsRequest } from './messages/requests.js';
import type { NodeInfo } from './node-info.js';
import type { Observer } from './observer.js';
import type { OpenStreams } from './open-streams.js';
import { selectionOf } from './selection.js';
import type { Streaming } from './service.js';
import { GrpcCode } from './status.js';

export interface ObserverServiceParts {
	readonly observer: Observer;
	readonly codec: FlowCodec;
	readonly tools: FilterTools;
	readonly node: NodeInfo;
	/** Streams of events that do not exist. */
	readonly silent: OpenStreams;
	readonly agentEvents: AgentEventLog;
	readonly clientQueue: number;
	readonly maxClients: number;
}

/** `observer.Observer`. What a method throws becomes the status of its call. */
export function createObserverService(parts: ObserverServiceParts) {
	const { observer, codec, tools, node, silent, agentEvents, clientQueue, maxClients } = parts;
	let clients = 0;

	function getFlows(request: GetFlowsRequest, call: Streaming): void {
		const selection = selectionOf(request, compileFilters(request, tools));
		const mask = codec.mask(request);
		if (clients >= maxClients) {
			call.emit('error', { code: GrpcCode.ResourceExhausted, details: `${clients} clients are served already` });
			return;
		}
		clients++;
		serveClient(call, observer, { selection, mask, queue: clientQueue, left: () => clients-- });
	}

	function getAgentEvents(request: EventsRequest, call: Streaming): void {
		agentEvents.serve(call, selectionOf(request, undefined));
	}

	/** No events: the past has none, and who follows waits for some. */
	function getNoEvents(request: EventsRequest, call: Streaming): void {
		if (selectionOf(request, undefined).follow) {
			silent.keep(call);
		} else {
			call.end();
		}
	}

	return {
		unary: {
			ServerStatus: () => serverStatus(observer, node),
			GetNodes: () => ({ nodes: [nodeMessage(observer, node)] }),
			GetNamespaces: () => ({ namespaces: observer.namespaces() }),
		},
		streaming: { GetFlows: getFlows, GetAgentEvents: getAgentEvents, GetDebugEvents: getNoEvents },
	};
}

function serverStatus(observer: Observer, { version }: NodeInfo): object {
	const { numFlows, maxFlows, seenFlows, uptimeNs, flowsRate } = observer.status();
	return {
		num_flows: numFlows,
		max_flows: maxFlows,
		seen_flows: seenFlows,
		uptime_ns: uptimeNs,
		flows_rate: flowsRate,
		version,
	};
}

const NODE_CONNECTED = 1;

function nodeMessage(observer: Observer, { name, version, address, serverName }: NodeInfo): object {
	const { numFlows, maxFlows, seenFlows, uptimeNs } = observer.status();
	return {
		name,
		version,
		address: address(),
		state: NODE_CONNECTED,
		tls: serverName === undefined ? {} : { enabled: true, server_name: serverName },
		uptime_ns: uptimeNs,
		num_flows: numFlows,
		max_flows: maxFlows,
		seen_flows: seenFlows,
	};
}

/**
 * heddle: an eBPF network datapath. Start at {@link openDatapath}.
 *
 * Directions are seen from the endpoint whose policy is asked. Addresses are text, ports numbers in host order, times
 * nanoseconds where the name says so; bytes in structs of the kernel are in the order the field's C type tells.
 */

export { openAgent } from './agent/open.js';
export { openDatapath } from './datapath/open.js';
export { formatFlow } from './flows/format.js';
export { serveMetrics } from './metrics/serve.js';
export { serveHubble } from './hubble/server.js';
export { openFlowHistory } from './history/open.js';
export { recordFlows } from './history/recorder.js';
export { exportFlows } from './export/export.js';
export { serveUi } from './ui/serve.js';
export { HeddleError, PolicyError, VerifierError } from './errors.js';
export { loadFiles, loadFolder } from './documents/load.js';
export { parseDocuments } from './documents/parse.js';
export { documentName, namespaceOf } from './documents/document.js';
export { networksOf } from './documents/pod.js';
export { diffDocuments } from './explain/diff.js';
export { explainDocuments } from './explain/documents.js';
export { formatExplanation } from './explain/format.js';
export { recommend } from './explain/recommend.js';
export { evaluateDocuments } from './proof/evaluator.js';
export { worldOf } from './rules/world.js';
export { podIdentityLabels } from './labels/pod-labels.js';
export { createLabelSet } from './labels/label-set.js';
export { createIpam } from './ipam/ipam.js';
export { createGrantedIpam } from './ipam/granted-ipam.js';
export { choosePools } from './ipam/choose-pools.js';
export { networkRequestsOf } from './pods/network-requests.js';
export { networkStatus } from './pods/network-status.js';
export { openFileStore } from './store/file-store.js';
export { createMemoryStore } from './store/memory-store.js';
export { Netlink, netns } from './native/addon.js';

export type { Agent, AgentInput, DocumentRef } from './agent/agent.js';
export type { AgentOptions } from './agent/options.js';
export type { Attachment, AttachmentRoute } from './pods/attachment.js';
export type { Audit } from './pods/audit.js';
export type { NamedRequest, NetworkRequest } from './pods/network-requests.js';
export type { PodDescription, PodRequest } from './pods/pod-request.js';
export type { Store, StoreChange } from './store/store.js';
export type { ChosenPools, PodPoolUser, PoolSelectors, PoolUser } from './ipam/choose-pools.js';
export type { Capacity, DatapathOptions, Timeouts } from './datapath/options.js';
export type { Datapath } from './datapath/datapath.js';
export type { AttachItem, Network, NetworkAttachItem, NetworkOptions, Networks } from './datapath/networks.js';
export type {
	Masquerade,
	MasqueradeOptions,
	PortRange,
	Uplink,
	UplinkMode,
	UplinkOptions,
	Uplinks,
} from './datapath/uplink.js';
export type { Endpoint } from './datapath/endpoint.js';
export type { EndpointOptions, PodRef } from './datapath/endpoint-options.js';
export type { Assignment, Identities } from './datapath/identities.js';
export type { ReservedName } from './datapath/reserved-identities.js';
export type { OwnedRow, PolicyChange, PolicyMap, PolicyPlan } from './datapath/policy-map.js';
export type { PolicyEntry, PolicyKey, PolicyRow } from './datapath/direct-rows.js';
export type { EntryNeed, TableNeed } from './datapath/policy-tables.js';
export type { Simulation } from './datapath/simulate.js';
export type {
	DatapathStats,
	DropCount,
	EndpointStats,
	MapUsage,
	NetworkDropCount,
	TrafficCount,
} from './datapath/stats.js';
export type { PairCount, PairEnd, PairVerdict } from './datapath/pairs.js';
export type { MetricsOptions } from './metrics/options.js';
export type { MetricsServer } from './metrics/serve.js';
export type { MeasuredEndpoint, MeasuredIpam, MetricsSource } from './metrics/view.js';
export type {
	Aggregation,
	Direction,
	EndpointId,
	Enforcement,
	Identity,
	IdentityId,
	Labels,
	NetworkId,
	Protocol,
} from './datapath/types.js';
export type { FlowFilter, FlowPredicate } from './flows/filter.js';
export type {
	Flow,
	FlowDropReason,
	FlowEnd,
	FlowEndpoint,
	FlowEventType,
	FlowIp,
	FlowL4,
	FlowPolicy,
	FlowRule,
	FlowVerdict,
	TracePoint,
	TraceReason,
	TrafficDirection,
} from './flows/flow.js';
export type { AggregationChange } from './flows/aggregation-change.js';
export type { FlowDns, FlowHttp, FlowHttpHeader, FlowL7, FlowTls } from './flows/l7.js';
export type { L7, L7Stats } from './l7/l7.js';
export type { L7Options } from './l7/options.js';
export type { FlowOptions, FlowStream } from './flows/stream.js';
export type { HubbleOptions, HubbleTls } from './hubble/options.js';
export type { HubbleServer } from './hubble/server.js';
export type { HubbleSource } from './hubble/source.js';
export type { FlowHistory, FlowHistoryStats } from './history/history.js';
export type { FlowLoss } from './history/loss.js';
export type { FlowHistoryOptions } from './history/options.js';
export type { FlowQuery } from './history/query.js';
export type { FlowRecorder, RecordedSource } from './history/recorder.js';
export type { FlowExport, FlowExportSource, FlowExportStats } from './export/export.js';
export type { FlowExportOptions } from './export/options.js';
export type { UiOptions } from './ui/options.js';
export type { UiServer } from './ui/serve.js';
export type { ShownEndpoint, UiSource } from './ui/source.js';
export type { DocumentChange, DocumentPlan, Policies } from './datapath/policies.js';
export type { PolicyInput, PolicyRef } from './datapath/policy-input.js';
export type { EndpointRef, LiveExplanation, PolicyQuestion } from './datapath/explain-policies.js';
export type { VerifyResult, Counterexample, StalePeer } from './proof/verify-result.js';
export type { Judgement, ProofQuestion, ProofWorld, ProofVerdict, Reason } from './proof/question.js';
export type {
	AccessVerdict,
	ExplainedEnd,
	ExplainedRule,
	Explanation,
	MatchingRule,
	Missing,
	NearMiss,
	SelectingPolicy,
	SideExplanation,
} from './explain/explanation.js';
export type { DocumentQuestion } from './explain/documents.js';
export type { AccessChange, AccessDiff } from './explain/access-change.js';
export type { DiffWorld } from './explain/diff.js';
export type { Recommendation, RecommendedPolicy, RecommendOptions } from './explain/recommend.js';
export type { PolicyWorld } from './rules/world.js';
export type { IpBlocks, PolicyService } from './rules/context.js';
export type { NamedPort, PolicyIdentity } from './rules/policy-identity.js';
export type { LearnedName, LearnedNames } from './datapath/learned-names.js';
export type { KnownNodes, NodeOptions, PolicyNode } from './datapath/known-nodes.js';
export type { KnownServices, ServiceOptions } from './datapath/known-services.js';
export type { EndpointPort } from './datapath/endpoint-options.js';
export type { OwnedEntry } from './datapath/direct-rows.js';
export type {
	CiliumClusterwideNetworkPolicy,
	CiliumNetworkPolicy,
	CiliumNode,
	CiliumPodIPPool,
	ClusterNetworkPolicy,
	DocumentKind,
	EndpointSlice,
	HeddleDocument,
	IsovalentPodNetwork,
	MultiNetworkPolicy,
	Namespace,
	NetworkPolicy,
	Node,
	Pod,
	PolicyDocument,
	PolicyKind,
	Service,
} from './documents/document.js';
export type { DocumentInput } from './documents/parse.js';
export type { DocumentIssue, DocumentPath, DocumentSource, Position } from './documents/issue.js';
export type { Label } from './labels/label.js';
export type { LabelSet, LabelsInput } from './labels/label-set.js';
export type { PodIdentity } from './labels/pod-labels.js';
export type { AddressPlan, AddressRequest, Allocation, Ipam, PoolOptions, PoolUsage } from './ipam/ipam.js';
export type { Grant, GrantedBlocks, GrantedIpam, GrantedIpamOptions } from './ipam/granted-ipam.js';
export type { AgentIpamOptions } from './agent/ipam-options.js';
export type { NodePoolAllocation, NodePoolRequest, NodePools } from './ipam/node-spec.js';
export type { LinkInfo } from './native/addon.js';
export type { ErrorCode, ErrorDetails, PolicyIssue } from './errors.js';

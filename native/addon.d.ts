/**
 * What the native core gives to lib/: bytes and file descriptors; no struct layout, no policy.
 * Every failure throws (or rejects with) an Error that has `code` (`ERR_*`), and, where a syscall failed,
 * `errno` (positive number) and `syscall`. A closed handle answers `ERR_CLOSED`.
 * All handles close on garbage collection and at environment exit as well.
 */

/** The BPF object that was compiled with this addon (an ELF file with BTF), embedded. */
export function embeddedObject(): Uint8Array;

export interface MapInfo {
	readonly name: string;
	/** Kernel number, enum bpf_map_type. */
	readonly type: number;
	readonly keySize: number;
	readonly valueSize: number;
	readonly maxEntries: number;
	readonly flags: number;
	readonly id: number;
	/** Kernel memory, bytes, from fdinfo `memlock`. */
	readonly memoryBytes: number;
}

export interface LoadOptions {
	/** Entries by map name; absent: as compiled. */
	maxEntries?: Record<string, number>;
	/** Initial contents of .rodata, whole section, little endian; absent: as compiled. */
	rodata?: Uint8Array;
	/** Maps to reuse instead of creating (adopted from pins), by map name. */
	reuse?: Record<string, BpfMap>;
	/** Load only these programs (by function name); absent: all. */
	programs?: readonly string[];
}

/**
 * Opens, creates maps, verifies, loads; off the main thread. Rejects with `ERR_VERIFIER` { program, log, summary }
 * (log: whole text, summary: one line), `ERR_LAYOUT_MISMATCH` { map } when a reused map has another type, size or flags,
 * `ERR_PERMISSION` when CAP_BPF/CAP_NET_ADMIN is missing (one clear line), `ERR_KERNEL_FEATURE` { feature }.
 */
export function load(object: Uint8Array, options?: LoadOptions): Promise<BpfObject>;
/** `load`, and this thread waits. */
export function loadNow(object: Uint8Array, options?: LoadOptions): BpfObject;

export interface BpfObject {
	/** By name as in C (`endpoints`, `.data.epoch`, `.rodata`, `.bss`). */
	readonly maps: Record<string, BpfMap>;
	readonly programs: Record<string, BpfProgram>;
	/** Closes every map and program handle of this object. */
	close(): void;
}

export class BpfMap {
	private constructor();
	static openPinned(path: string): BpfMap;
	readonly info: MapInfo;
	readonly closed: boolean;
	/** false: no such key. `value` receives valueSize bytes (per-CPU maps: valueSize rounded up to 8, times possibleCpus()). */
	lookup(key: Uint8Array, value: Uint8Array): boolean;
	/** flags: 0 any, 1 only new (ERR_EXISTS), 2 only existing (ERR_NOT_FOUND). Full: ERR_MAP_FULL { map, maxEntries }. */
	update(key: Uint8Array, value: Uint8Array, flags?: number): void;
	delete(key: Uint8Array): boolean;
	/** `key` undefined: the first. false: no more. */
	nextKey(key: Uint8Array | undefined, next: Uint8Array): boolean;
	/** Packed arrays of `count` entries; the kernel's batch command, or a loop in C++ where the map has none. Returns how many were done; throws with `done` on the error. */
	updateBatch(keys: Uint8Array, values: Uint8Array, count: number, flags?: number): number;
	deleteBatch(keys: Uint8Array, count: number): number;
	/** Every entry, packed (a concurrent change may be missed or seen twice). */
	dump(): { keys: Uint8Array; values: Uint8Array; count: number };
	/** BPF_F_MMAPABLE arrays: shared memory, lives until close(). After close() the buffer is detached (byteLength 0). */
	mmap(): ArrayBuffer;
	pin(path: string): void;
	close(): void;
}

export interface TestRunResult {
	retval: number;
	/** Mean ns of one run, by the kernel. */
	durationNs: number;
	data: Uint8Array;
}

export class BpfProgram {
	private constructor();
	static openPinned(path: string): BpfProgram;
	readonly name: string;
	readonly id: number;
	readonly closed: boolean;
	/** BPF_PROG_TEST_RUN. `ifindex`: skb->dev, in the calling thread's namespace. For syscall programs pass data undefined. The kernel's changes are written back into `context`. */
	testRun(options: {
		data?: Uint8Array;
		repeat?: number;
		ifindex?: number;
		mark?: number;
		context?: Uint8Array;
	}): TestRunResult;
	/** The same off the main thread. */
	testRunAsync(options: {
		data?: Uint8Array;
		repeat?: number;
		ifindex?: number;
		mark?: number;
		context?: Uint8Array;
	}): Promise<TestRunResult>;
	pin(path: string): void;
	close(): void;
}

export type AttachMode = 'tcx' | 'clsact';
/** In the driver, or in the stack before anything else. */
export type XdpMode = 'xdp-native' | 'xdp-generic';
export type Hook = 'ingress' | 'egress';

export interface AttachRequest {
	program: BpfProgram;
	ifindex: number;
	hook: Hook;
}

/** 'tcx' when the kernel has TCX links, found by trying (on a scratch device in a scratch namespace or by an attach that must fail with a telling errno), never by version. */
export function probeAttachMode(): AttachMode;

/**
 * Attaches in the namespace `netns` (an fd) or the calling thread's. All or nothing: on failure what was attached is detached.
 * clsact: adds the qdisc when missing, cls_bpf direct-action, priority 1, handle 1; detach removes the filter, and the qdisc if it added it and it is empty.
 * `expedited` (bulk only): sets /sys/kernel/rcu_expedited to 1 for the time of the call, and restores it even when this process is killed.
 */
export function attach(
	requests: readonly AttachRequest[],
	options: { mode: AttachMode | XdpMode; expedited?: boolean; netns?: number },
): Promise<Link[]>;
/** Detaches many at once, same window. */
export function detach(links: readonly Link[], options?: { expedited?: boolean }): Promise<void>;

export class Link {
	private constructor();
	static openPinned(path: string): Link;
	readonly mode: AttachMode | 'xdp';
	readonly ifindex: number;
	readonly hook: Hook;
	readonly closed: boolean;
	/** Atomic replacement: no packet sees neither. */
	update(program: BpfProgram): Promise<void>;
	/** Not clsact: ERR_NOT_SUPPORTED (a filter outlives the process anyway). */
	pin(path: string): void;
	/** Removes the program from the interface. true also when the interface is already gone. */
	detach(): Promise<boolean>;
	/** Closes the handle. An unpinned TCX link is detached by the kernel; an unpinned clsact filter is removed too unless `keep` was called. */
	close(): void;
	/** clsact: leave the filter in place when this handle closes. */
	keep(): void;
}

/**
 * clsact filters are found again by interface: the link for our filter (priority 1, handle 1), or undefined.
 * A found filter is kept: close() leaves it, detach() removes it.
 */
export function findClsact(ifindex: number, hook: Hook): Link | undefined;

/** Ring buffer reader. Events are packed by the callback's buffer: `count` records of `recordSize` bytes; the buffer is reused after the callback returns. */
export class RingReader {
	constructor(
		map: BpfMap,
		options: { recordSize: number; batchRecords?: number; intervalMs?: number; maxBatchesPerTurn?: number },
		onBatch: (records: Uint8Array, count: number) => void,
	);
	/** Consumes what is there now, synchronously, through onBatch; returns the number of records. */
	drain(): number;
	/** While referenced the event loop stays alive. */
	ref(): void;
	unref(): void;
	readonly closed: boolean;
	close(): void;
}

/** What a connection may cost. Sizes in bytes, times in milliseconds; 0 for a time: none. */
export interface HttpProxyLimits {
	/** Method, target and version (16384). Longer: 414. */
	requestLine: number;
	/** A whole head, request or response; trailers too (65536). Longer: 431, of a response 502. */
	head: number;
	/** Header lines (100). */
	headerCount: number;
	/** Of a denied request, read and thrown away so that the connection can be kept; more closes it (262144). */
	discardedBody: number;
	/** From the first byte of a head to its last, however steadily they come (10000). */
	headTimeout: number;
	/** Between requests (75000). */
	idleTimeout: number;
	connectTimeout: number;
	/** In each such time a body must move `bodyRate` bytes a second, either way (30000). */
	bodyTimeout: number;
	/** Bytes a second (64). */
	bodyRate: number;
	/** From the end of the request to the head of its response (300000). */
	responseTimeout: number;
	/**
	 * A connection to a server whose client has gone between two requests: the next GET, HEAD or OPTIONS of the same pod to
	 * the same server takes it over, from its port. `Connection: close` of such a request then ends the client's connection
	 * alone: the server does not hear it. 0: it ends with its client (4000).
	 */
	upstreamIdle: number;
	/** A tunnel without a byte either way (3600000). */
	tunnelTimeout: number;
	/** After an answer that ends the connection: for the client to read it (2000). */
	lingerTimeout: number;
	/** Open at once (100000); more are reset. */
	connections: number;
	/** The same of one client address (10000). */
	connectionsPerClient: number;
}

/** Method, path and host: RE2 for the whole text, absent or empty: any. Each part that is there must match. */
export interface HttpRuleSpec {
	readonly method?: string;
	/** With its query, normalised. */
	readonly path?: string;
	/** The Host header, ignoring case. */
	readonly host?: string;
	/** `Name: value`, or `Name` alone: must be there. */
	readonly headers?: readonly string[];
	readonly headerMatches?: readonly {
		readonly name: string;
		/** Absent or empty: must be there. */
		readonly value?: string;
		/** What is done where it is not so; absent: the rule does not match. */
		readonly mismatch?: 'LOG' | 'ADD' | 'DELETE' | 'REPLACE';
	}[];
}

export interface HttpProxyOptions {
	/** Descriptor of the namespace where the proxy's threads and sockets are; it is duplicated. */
	netns: number;
	/** 1 to 256 (1). */
	threads?: number;
	limits?: Partial<HttpProxyLimits>;
	/** TC program that answers a frame that is a `struct policy_question` in place, and returns 0. */
	ask: BpfProgram;
	/** Mappable array that begins with the epoch. */
	control: BpfMap;
	/** Memory for records that were not delivered yet, of each thread; 65536 to 2^30, rounded up to a power of two (1048576). */
	recordBytes?: number;
	/** Names of request headers that records tell; none by default. */
	headers?: readonly string[];
}

/** Counted since the start, but `connections`, which are open now. */
export interface HttpProxyStatistics {
	connections: number;
	accepted: number;
	requests: number;
	/** Requests answered 403. */
	denied: number;
	/** Requests that are not HTTP/1 as it is read here, answered 4xx or 501. */
	malformed: number;
	/** Connections reset because there were `limits.connections`. */
	refusedByConnections: number;
	/** Connections reset because the client had `limits.connectionsPerClient`. */
	refusedByClient: number;
	/** Connections reset because the process had no descriptor left. */
	refusedForDescriptors: number;
	/** Requests answered 502, 503 or 504. */
	upstreamFailures: number;
	timeouts: number;
	policyQuestions: number;
	/** Of them without an answer: the connection was closed. */
	policyFailures: number;
	/** Connections to servers from another port than the client's. */
	otherPorts: number;
	/** Records without room. */
	recordsLost: number;
}

/**
 * HTTP/1 proxy between pods: native threads in a network namespace of their own. What comes in on a network's device is
 * taken, asked about, judged request by request, and forwarded from the client's address to where it was going. It keeps
 * the event loop alive unless `unref`ed.
 */
export class HttpProxy {
	/**
	 * `onRecords`: access records, packed (lib/l7/access-record.ts); the memory is used again after the function returns.
	 * The first comes at once, more in batches a few milliseconds apart. What it throws is an uncaught exception.
	 */
	constructor(options: HttpProxyOptions, onRecords: (batch: Uint8Array, count: number) => void);
	/**
	 * Listens on every address that reaches `device`, IPv4 and IPv6, and returns the port, the same for both.
	 * ERR_EXISTS: the network was added already; ERR_NO_INTERFACE: the namespace has no such device.
	 */
	addNetwork(network: number, device: string): number;
	/** Stops listening, and resets the network's connections. false: it was not there. */
	removeNetwork(network: number): boolean;
	/**
	 * Rules under the cookie of a policy row: a request that meets any of them is allowed; without any rule, none is. They
	 * replace those there are. ERR_INVALID_ARGUMENT (field, found, expected): nothing has changed. To be called before the
	 * epoch with which policy names the cookie.
	 * @param serverNames that TLS connections may ask for (SNI): a name, or `*.` (one label) or `**.` (one or several) and a
	 * name. A row of server names alone takes nothing but TLS.
	 */
	setRules(cookie: number, rules: readonly HttpRuleSpec[], serverNames?: readonly string[]): void;
	/** After the epoch from which policy names the cookie no more. false: there were none. */
	deleteRules(cookie: number): boolean;
	/**
	 * After a change: connections that policy does not send here any more are reset, and tunnels whose rules changed. Without
	 * it they are once they send their next request.
	 */
	review(): void;
	/** Also when it is closed. */
	statistics(): HttpProxyStatistics;
	/** Delivers the records there are, synchronously; returns their number. ERR_BUSY inside `onRecords`. */
	drain(): number;
	/** While referenced the event loop stays alive. */
	ref(): void;
	unref(): void;
	readonly closed: boolean;
	/** Resets every connection, ends the threads; records not delivered are dropped. */
	close(): void;
}

/** Sizes in bytes, times in milliseconds; defaults in parentheses. */
export interface DnsProxyLimits {
	/** A query (4096); longer ones are dropped. */
	query: number;
	/** Under way, in all (50000); more are told SERVFAIL. */
	queries: number;
	/** The same of one client address of a network (5000). */
	queriesPerClient: number;
	/** From a query to its answer from the server (4000); then SERVFAIL. */
	queryTimeout: number;
	/** How long an answer waits for `release` (2000); then SERVFAIL. */
	learnTimeout: number;
	/** Bytes of answers that wait for `release` (67108864); further ones are told as SERVFAIL. */
	held: number;
	/** Sockets towards servers (10000); when there are more, a query is told SERVFAIL. */
	sockets: number;
	/** A UDP socket without a query under way (10000). */
	socketIdle: number;
	/** After so many queries a UDP socket, and so its port, is replaced (4096). */
	queriesPerSocket: number;
	/** The same after so many answers that fit no query (32); of TCP the connection is closed. */
	mismatchesPerSocket: number;
	/** TCP connections of clients (10000); more are reset. */
	connections: number;
	/** The same of one client address of a network (200). */
	connectionsPerClient: number;
	/** A TCP connection without a whole query, or whose client does not read (30000). */
	connectionIdle: number;
	/** Queries of one TCP connection under way (128); more wait in the connection. */
	pipelined: number;
	/** Names whose addresses are known to have been learned, of each thread (50000). */
	knownNames: number;
	/** Shortest time that an address is learned for, seconds (5): a TTL of 0 has to suffice for a connection. */
	shortestTtl: number;
}

/** One of the two at least; with both, either may match. */
export interface DnsRuleSpec {
	/** A whole name, in whatever letter case, with or without the root's dot. */
	readonly matchName?: string;
	/** `*`: any characters of one label; `**.` at the start: one or more whole labels; `*` alone: every name. */
	readonly matchPattern?: string;
}

export interface DnsProxyOptions {
	/** Descriptor of the namespace where the proxy's threads and sockets are; it is duplicated. */
	netns: number;
	/** 1 to 256 (1). */
	threads?: number;
	limits?: Partial<DnsProxyLimits>;
	/** TC program that answers a frame that is a `struct policy_question` in place, and returns 0. */
	ask: BpfProgram;
	/** Mappable array that begins with the epoch. */
	control: BpfMap;
	/** Memory for records, and for answers, not delivered yet, of each thread; 65536 to 2^30, rounded up to a power of two (1048576). */
	recordBytes?: number;
}

export interface DnsProxyHandlers {
	/** Access records, packed (lib/l7/dns-record.ts); the memory is used again after the function returns. */
	onRecords(batch: Uint8Array, count: number): void;
	/** Answers to be learned, each to be released by its ticket, packed (lib/l7/dns-answer.ts); as above. */
	onAnswers(batch: Uint8Array, count: number): void;
}

/** Counted since the start, but `active` and `sockets`, which are those of now. */
export interface DnsProxyStatistics {
	/** Queries under way, held answers included. */
	active: number;
	/** Towards servers. */
	sockets: number;
	queries: number;
	forwarded: number;
	answered: number;
	/** Queries answered REFUSED. */
	denied: number;
	/** Queries that are none: answered FORMERR or NOTIMP, or dropped. */
	malformed: number;
	/** Queries that policy does not send here (any more): dropped, their connection reset. */
	unredirected: number;
	/** Queries told SERVFAIL, and connections reset, beyond a limit or for want of descriptors. */
	limited: number;
	/** Answers that fit no query: dropped. */
	mismatched: number;
	/** Answers that cannot be read: told as SERVFAIL. */
	badAnswers: number;
	upstreamFailures: number;
	/** Queries whose server did not answer. */
	timeouts: number;
	/** Answers that waited for `release`. */
	held: number;
	/** Lessons that were not released in time, or not learned. */
	unlearned: number;
	/** Datagrams that the kernel did not take. */
	unsent: number;
	policyQuestions: number;
	/** Of them without an answer: the query was dropped. */
	policyFailures: number;
	/** Records without room. */
	recordsLost: number;
	/** Answers without room to be told: told SERVFAIL in time. */
	answersLost: number;
}

/**
 * DNS proxy between pods and their servers, UDP and TCP: native threads in a network namespace of their own. What comes in
 * on a network's device is asked about, judged by its name, and forwarded, but for its id, as it is, from the client's
 * address to where it was going, or answered REFUSED. An answer with addresses is held until they are learned. It keeps the
 * event loop alive unless `unref`ed.
 */
export class DnsProxy {
	/** Batches come at once, more a few milliseconds apart. What a handler throws is an uncaught exception. */
	constructor(options: DnsProxyOptions, handlers: DnsProxyHandlers);
	/**
	 * Listens on every address that reaches `device`, UDP and TCP, IPv4 and IPv6. A network may have several ports.
	 * ERR_EXISTS: it has been added with this port; ERR_NO_INTERFACE: the namespace has no such device.
	 * @param port 1 to 65535 @default 53
	 */
	addNetwork(network: number, device: string, port?: number): void;
	/** Stops listening on all its ports, drops its queries, resets its connections. false: it was not there. */
	removeNetwork(network: number): boolean;
	/**
	 * Rules under the cookie of a policy row: a name that meets any of them is allowed; without any rule, none is. They
	 * replace those there are. ERR_INVALID_ARGUMENT (field, found, expected): nothing has changed. To be called before the
	 * epoch with which policy names the cookie.
	 */
	setRules(cookie: number, rules: readonly DnsRuleSpec[]): void;
	/** After the epoch from which policy names the cookie no more. false: there were none. */
	deleteRules(cookie: number): boolean;
	/** After a change: connections that policy does not send here any more are reset. Queries are judged anew anyhow. */
	review(): void;
	/**
	 * The addresses of an answer are in the kernel: those who wait are answered. `learned` false: they are told SERVFAIL.
	 * A ticket that is over changes nothing. @default learned true
	 */
	release(ticket: number, learned?: boolean): void;
	/** The kernel does not know the name's addresses any more: answers with them are held again. */
	forget(name: string): void;
	/** Also when it is closed. */
	statistics(): DnsProxyStatistics;
	/** Delivers the answers and records there are, synchronously; returns their number. ERR_BUSY inside a handler. */
	drain(): number;
	/** While referenced the event loop stays alive. */
	ref(): void;
	unref(): void;
	readonly closed: boolean;
	/** Ends the threads; who waits is not told, connections are reset, records not delivered are dropped. */
	close(): void;
}

export function possibleCpus(): number;
export function kernelRelease(): string;
/** undefined when all is there, else one line naming what is missing (`CAP_BPF`, `CAP_NET_ADMIN`, not root). */
export function missingPrivilege(): string | undefined;
/** Names of capabilities of the kernel found by probing: 'tcx', 'netkit', 'lpm_batch', 'expedited' */
export function features(): Record<'tcx' | 'netkit' | 'lpmBatch' | 'rcuExpedited', boolean>;

/** Mounts bpffs on `path` when there is none; true when it mounted. */
export function ensureBpffs(path: string): boolean;

/** rtnetlink socket in one namespace. Never a child process. */
export class Netlink {
	/** `netns`: fd of a namespace; absent: the calling thread's. */
	constructor(netns?: number);
	link(nameOrIndex: string | number): LinkInfo | undefined;
	links(): LinkInfo[];
	/** Makes a veth pair (or netkit, L2 mode); `peer.netns` an fd. Returns both indexes. */
	addVeth(options: {
		name: string;
		mac?: string;
		mtu?: number;
		netns?: number;
		peer: { name: string; mac?: string; mtu?: number; netns?: number };
	}): { ifindex: number; peerIfindex: number };
	addNetkit(options: {
		name: string;
		mac?: string;
		mtu?: number;
		netns?: number;
		peer: { name: string; mac?: string; mtu?: number; netns?: number };
	}): { ifindex: number; peerIfindex: number };
	addBridge(name: string): number;
	addDummy(name: string): number;
	setLink(
		ifindex: number,
		change: {
			up?: boolean;
			/** false: no neighbour is asked for (IFF_NOARP). */
			arp?: boolean;
			mtu?: number;
			mac?: string;
			name?: string;
			netns?: number;
			master?: number;
			/** Bytes, as IFLA_GSO_MAX_SIZE and its kin; beyond 65536 is BIG TCP (Linux 5.19, IPv4 6.3). */
			gsoMaxSize?: number;
			groMaxSize?: number;
			gsoIpv4MaxSize?: number;
			groIpv4MaxSize?: number;
		},
	): void;
	/** true when it existed. */
	deleteLink(nameOrIndex: string | number): boolean;
	/**
	 * Off the main thread, and many at once: they are put into a link group of their own, and the group is deleted. Those
	 * that are gone already count as deleted. Resolves with the number that was there.
	 *
	 * `expedited`: as in `attach`; the kernel waits for a grace period for each hook that still has a program.
	 */
	deleteLinks(ifindexes: readonly number[], options?: { expedited?: boolean }): Promise<number>;
	/** `10.0.0.1/32`, `fd00::1/128`; IPv6 addresses are added with NODAD. */
	addAddress(ifindex: number, address: string): void;
	deleteAddress(ifindex: number, address: string): boolean;
	addresses(ifindex?: number): { ifindex: number; address: string; prefixLength: number; family: 4 | 6 }[];
	/** What may have changed in this namespace since the last question, and everything at the first. Link-local addresses do not count; of links only their end. */
	changes(): { addresses: boolean; links: boolean };
	/**
	 * destination `default`, `0.0.0.0/0`, `::/0` or a CIDR. scope 'link' when no gateway. `local`: the addresses are this
	 * namespace's own.
	 */
	addRoute(route: {
		destination: string;
		ifindex: number;
		gateway?: string;
		onLink?: boolean;
		source?: string;
		local?: boolean;
		/** @default 254, main */
		table?: number;
	}): void;
	deleteRoute(route: { destination: string; ifindex: number; gateway?: string; table?: number }): boolean;
	/** Routing rule: packets that come in by `iif`, go out by `oif`, or bear `mark`, look in `table`; all others with `not`. */
	addRule(rule: RoutingRule): void;
	deleteRule(rule: RoutingRule): boolean;
	routes(family: 4 | 6): { destination: string; ifindex: number; gateway?: string }[];
	/** Permanent entry. */
	addNeighbour(ifindex: number, address: string, mac: string): void;
	deleteNeighbour(ifindex: number, address: string): boolean;
	readonly closed: boolean;
	close(): void;
}

export interface RoutingRule {
	family: 4 | 6;
	table: number;
	/** Lower is asked first; 32766 is main's. */
	priority: number;
	mark?: number;
	/** `lo`: what this namespace sends itself. */
	iif?: string;
	oif?: string;
	not?: boolean;
}

export interface LinkInfo {
	readonly ifindex: number;
	readonly name: string;
	/** 'veth', 'netkit', 'bridge', …; '' when the driver tells none. */
	readonly kind: string;
	readonly mac: string;
	readonly mtu: number;
	readonly up: boolean;
	/** ifindex of the other end (IFLA_LINK), in its own namespace; 0 when none. */
	readonly peerIfindex: number;
	/** IFLA_LINK_NETNSID, or -1 when the peer is in the same namespace. */
	readonly peerNetnsId: number;
	readonly master: number;
	/** 0: the default group. */
	readonly group: number;
	/** Bytes; the IPv4 ones are 0 before Linux 6.3. */
	readonly gsoMaxSize: number;
	readonly gsoIpv4MaxSize: number;
	readonly groMaxSize: number;
	readonly groIpv4MaxSize: number;
	/** What gsoMaxSize can be at most; 0 before Linux 5.19. */
	readonly tsoMaxSize: number;
}

/** Network namespaces bound under /run/netns, as `ip netns` does. */
export namespace netns {
	function create(name: string): number;
	/** By name under /run/netns, or by path. Returns an fd. */
	function open(nameOrPath: string): number;
	function remove(name: string): boolean;
	function close(fd: number): void;
	/** Inode number of a namespace (fd), or of the calling thread's. */
	function inode(fd?: number): bigint;
	/** Runs fn with the calling thread inside the namespace, and returns (also on throw). fn must not await. */
	function run<T>(fd: number, fn: () => T): T;
	/** Moves the calling thread for good (worker threads only; refuses on the main thread with ERR_MAIN_THREAD). */
	function enter(fd: number): void;
}

/** `net.ipv4.conf.eth0.forwarding` in the given or the calling thread's namespace. Dots inside interface names as `/` is not allowed: pass path parts. */
export function readSysctl(path: readonly string[], netns?: number): string;
export function writeSysctl(path: readonly string[], value: string, netns?: number): void;

/** Ports, both included. */
export interface PortRange {
	/** 1..65535 */
	readonly from: number;
	readonly to: number;
}

export interface MasqueradeOptions {
	/** Of the uplink's networks. @default `default`, where the uplink serves it: others keep their addresses unless named */
	readonly networks?: readonly string[];
	/** The address that masqueraded packets bear; one of the interface's. @default its first of each family */
	readonly ipv4?: string;
	readonly ipv6?: string;
	/** Destinations that see the pod's own address, as ip-masq-agent has it. @default none */
	readonly nonMasqueradeCIDRs?: readonly string[];
	/** Source ports that masqueraded TCP, UDP and ICMP echo bear. @default 1024 to below the host's ip_local_port_range */
	readonly ports?: PortRange;
}

/** Where arriving packets are first looked at: by the driver, by the stack before anything else, or at TC alone. */
export type UplinkMode = 'xdp-native' | 'xdp-generic' | 'tc';

export interface UplinkOptions {
	/**
	 * Whose pods leave and are reached by it, at most 8. An arriving packet is for the first of them that has its
	 * destination: networks with the same addresses belong on different uplinks. @default ['default']
	 */
	readonly networks?: readonly string[];
	/** Conversations that pods begin leave under the uplink's address. @default false */
	readonly masquerade?: boolean | MasqueradeOptions;
	/**
	 * Drop what policy refuses in XDP, before the kernel has spent anything on it. 'auto': in the driver, else
	 * generic (as for MTUs beyond some 3500), else not. Costs TCP offloads on drivers whose offloads XDP switches off, veth among them. @default 'auto'
	 */
	readonly xdp?: 'auto' | 'native' | 'generic' | 'off';
}

export interface Masquerade {
	readonly networks: readonly string[];
	/** Absent: the interface has none, and packets of that family are dropped (161, No mapping for NAT masquerade). */
	readonly ipv4?: string;
	readonly ipv6?: string;
	readonly nonMasqueradeCIDRs: readonly string[];
	readonly ports: PortRange;
}

/**
 * An interface to other hosts. What pods send there is routed by the kernel's tables (`bpf_fib_lookup`); what arrives
 * for them is judged and handed to them; everything else on it is the host's, untouched.
 */
export interface Uplink {
	readonly name: string;
	/** Interface index. */
	readonly index: number;
	readonly mode: UplinkMode;
	readonly networks: readonly string[];
	readonly masquerade: Masquerade | undefined;
	readonly detached: boolean;
	/** Conversations through it stop. Idempotent. @throws ERR_CLOSED */
	detach(): Promise<void>;
}

export interface Uplinks extends Iterable<Uplink> {
	readonly size: number;
	get(name: string): Uplink | undefined;
	/**
	 * @param iface by name or number, in the namespace in which the datapath was opened
	 * @throws ERR_NO_INTERFACE, ERR_UNSUPPORTED_INTERFACE (without a MAC address), ERR_EXISTS (an uplink or endpoint
	 * already), ERR_NOT_FOUND (network), ERR_NOT_SUPPORTED (the driver has no XDP, or
	 * another program has its place, and `xdp` asks for it), ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_MAP_FULL, ERR_CLOSED
	 */
	attach(iface: string | number, options?: UplinkOptions): Promise<Uplink>;
}

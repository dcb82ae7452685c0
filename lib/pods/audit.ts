/** Empty lists: kernel, state file and addresses agree. */
export interface Audit {
	/** Interfaces that are named as ours and are of no pod. */
	readonly interfaces: readonly string[];
	/** Pods, as `<id>/<network>`, whose interface is gone. */
	readonly missing: readonly string[];
	/** Endpoints, by name, that no pod of ours has, on interfaces named as ours. */
	readonly endpoints: readonly string[];
	/** Owners of addresses, as `<id>/<network>`, that are attached nowhere. */
	readonly addresses: readonly string[];
}

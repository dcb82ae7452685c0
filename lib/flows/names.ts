import type { FlowRule } from './flow.js';

/** What numbers in events mean to people. */
export interface FlowNames {
	/** Also of endpoints that are gone since recently. */
	endpoint(id: number): NamedEndpoint | undefined;
	identity(id: number): NamedIdentity | undefined;
	network(id: number): string;
	rule(cookie: number): FlowRule | undefined;
}

export interface NamedEndpoint {
	readonly name: string;
	/** What it has now; events tell what it had. */
	readonly identity: { readonly id: number };
	readonly pod?: { readonly namespace: string; readonly name: string };
	readonly interface: { readonly name: string; readonly pod?: string };
}

export interface NamedIdentity {
	readonly name?: string;
	readonly labels: readonly string[];
}

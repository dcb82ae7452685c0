import type { Attachment } from './attachment.js';
import type { PodDescription } from './pod-request.js';

/**
 * `attaching` and `detaching`: a process that finds it so did not come to its end, and takes it down. Written before the
 * first thing is made and after the last is gone.
 */
export type AttachmentState = 'attaching' | 'ready' | 'detaching';

/** One interface as the state file has it. */
export interface AttachmentRow extends Omit<Attachment, 'id' | 'pod' | 'netns' | 'endpoint' | 'identity' | 'bigTcp'> {
	readonly state: AttachmentState;
	/** Where the addresses are from. */
	readonly ipv4Pool?: string;
	readonly ipv6Pool?: string;
	/** The host has routes to its addresses, by this process or a former one. */
	readonly hostRoutes?: boolean;
	/** Gateways that were asked for. */
	readonly defaultRoute?: readonly string[];
}

/** One pod as the state file has it, by its id. */
export interface PodRow {
	readonly id: string;
	/** Absolute path. */
	readonly netns: string;
	/** Inode number of the namespace: a path can come to mean another one. */
	readonly netnsInode: string;
	readonly pod: PodDescription & { readonly labels: Readonly<Record<string, string>> };
	readonly sticky: boolean;
	/** The primary one first. */
	readonly attachments: readonly AttachmentRow[];
}

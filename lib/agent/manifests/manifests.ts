import { formatIssue, type DocumentIssue } from '../../documents/issue.js';
import { PolicyError } from '../../errors.js';
import type { Agent } from '../agent.js';
import { createManifestSync, type SyncResult } from './sync.js';
import { watchFolder } from './watch-folder.js';

export interface ManifestStatus {
	readonly folder: string;
	/** Times the folder was read and applied whole. */
	readonly synced: number;
	/** Why the folder as it is now does not hold; empty: it does. */
	readonly issues: readonly string[];
}

/** A folder of documents that the agent follows. */
export interface ManifestFolder {
	readonly status: ManifestStatus;
	/** Resolves when what runs has ended. */
	close(): Promise<void>;
}

/** A document that cannot go yet, or a full table: what did not work is tried again without an event. */
const RETRY_MS = 5000;

/**
 * Reads the folder now, and again whenever it changes. What is wrong in it is logged by file and line, and leaves
 * everything as it was.
 */
export async function followManifests(
	agent: Agent,
	folder: string,
	log: (line: string) => void,
): Promise<ManifestFolder> {
	const sync = createManifestSync(agent, folder);
	let synced = 0;
	let issues: readonly string[] = [];
	let running: Promise<void> | undefined;
	let again = false;
	let closed = false;
	let retry: NodeJS.Timeout | undefined;

	function tell(next: readonly string[]): void {
		if (next.join('\n') !== issues.join('\n')) {
			next.forEach((line) => log(`manifests: ${line}`));
		}
		issues = next;
	}

	async function once(): Promise<void> {
		try {
			const result = await sync.run();
			synced++;
			describeChanges(result).forEach((line) => log(`manifests: ${line}`));
			tell(result.kept.map(({ name, error }) => `${name} stays: ${messageOf(error)}`));
		} catch (error) {
			tell(linesOf(error));
		}
		clearTimeout(retry);
		if (issues.length > 0 && !closed) {
			retry = setTimeout(run, RETRY_MS).unref();
		}
	}

	async function untilQuiet(): Promise<void> {
		do {
			again = false;
			await once();
		} while (again && !closed);
		running = undefined;
	}

	function run(): void {
		again = true;
		running ??= untilQuiet();
	}

	const watcher = watchFolder(folder, run);
	run();
	await running;
	return {
		get status() {
			return { folder, synced, issues };
		},
		async close() {
			closed = true;
			watcher.close();
			clearTimeout(retry);
			await running;
		},
	};
}

function describeChanges({ applied, deleted, warnings }: SyncResult): string[] {
	return [
		...(applied.length === 0 ? [] : [`applied ${applied.join(', ')}`]),
		...(deleted.length === 0 ? [] : [`deleted ${deleted.join(', ')}`]),
		...warnings.map((warning) => `warning: ${formatIssue(warning)}`),
	];
}

function linesOf(error: unknown): string[] {
	return error instanceof PolicyError
		? (error.issues as readonly DocumentIssue[]).map(formatIssue)
		: [messageOf(error)];
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

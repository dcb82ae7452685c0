import { statSync, watch, type FSWatcher } from 'node:fs';

export interface FolderWatch {
	close(): void;
}

/** Editors write a file in several steps. */
const QUIET_MS = 100;
/** What no event tells: the folder itself was replaced, or is on a file system without events. */
const LOOK_MS = 5000;

/** Calls `changed` some time after anything in the folder changed, and at least once after the last change. */
export function watchFolder(folder: string, changed: () => void): FolderWatch {
	let watcher: FSWatcher | undefined;
	let quiet: NodeJS.Timeout | undefined;
	let watched: string | undefined;

	function soon(): void {
		quiet ??= setTimeout(() => {
			quiet = undefined;
			changed();
		}, QUIET_MS);
	}

	function unwatch(): void {
		watcher?.close();
		watcher = undefined;
	}

	/** Again, where the path means another folder now. */
	function look(): void {
		const found = identityOf(folder);
		if (found === watched && (watcher !== undefined || found === undefined)) {
			return;
		}
		unwatch();
		watched = found;
		if (found !== undefined) {
			watcher = openWatcher(folder, soon, unwatch);
		}
		soon();
	}

	look();
	const timer = setInterval(look, LOOK_MS);
	return {
		close() {
			clearInterval(timer);
			clearTimeout(quiet);
			unwatch();
		},
	};
}

function openWatcher(folder: string, changed: () => void, failed: () => void): FSWatcher | undefined {
	try {
		return watch(folder, { persistent: false }, changed).on('error', failed);
	} catch {
		// It went meanwhile, or there are no watches left: the next look tries again.
		return undefined;
	}
}

function identityOf(folder: string): string | undefined {
	const found = statSync(folder, { throwIfNoEntry: false });
	return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

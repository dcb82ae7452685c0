import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** With those around it. Step by step: on /proc, where none can be made, Node's recursive one never ends. */
export function makeFolder(path: string, mode: number): void {
	if (!existsSync(path)) {
		makeFolder(dirname(path), mode);
		mkdirSync(path, { mode });
	}
}

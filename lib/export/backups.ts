import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}`;
const COMPRESSED = '.gz';
/** Of a compression that has not ended. */
const UNFINISHED = '.gz.part';

/** Files that were put aside, named as Hubble's exporter names them: `events-2026-11-25T12-00-00.000.log`. */
export interface Backups {
	/** Renames the file to the next name. */
	putAside(): void;
	/** Drops those beyond the limit, compresses the others where asked. */
	tidy(): Promise<void>;
}

export function createBackups(path: string, most: number, compress: boolean): Backups {
	const folder = dirname(path);
	const extension = extname(path);
	const stem = basename(path, extension);
	const named = new RegExp(`^${escape(stem)}-(${STAMP})${escape(extension)}(\\.gz(\\.part)?)?$`);

	function nextName(): string {
		for (let time = Date.now(); ; time++) {
			const stamp = new Date(time).toISOString().slice(0, -1).replaceAll(':', '-');
			const name = join(folder, `${stem}-${stamp}${extension}`);
			if (!existsSync(name) && !existsSync(name + COMPRESSED)) {
				return name;
			}
		}
	}

	/** Newest first: the names are in order of time. */
	function all(): string[] {
		const names = readdirSync(folder).filter((name) => named.test(name));
		names.filter((name) => name.endsWith(UNFINISHED)).forEach((name) => rmSync(join(folder, name), { force: true }));
		return names
			.filter((name) => !name.endsWith(UNFINISHED))
			.sort()
			.reverse();
	}

	return {
		putAside: () => renameSync(path, nextName()),
		async tidy() {
			const names = all();
			const kept = most === 0 ? names : names.slice(0, most);
			names.slice(kept.length).forEach((name) => rmSync(join(folder, name), { force: true }));
			for (const name of compress ? kept.filter((one) => !one.endsWith(COMPRESSED)) : []) {
				await pack(join(folder, name));
			}
		},
	};
}

/** The file goes once its compressed twin is whole. */
async function pack(path: string): Promise<void> {
	await pipeline(createReadStream(path), createGzip(), createWriteStream(path + UNFINISHED, { mode: 0o600 }));
	renameSync(path + UNFINISHED, path + COMPRESSED);
	rmSync(path);
}

function escape(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HeddleError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { createBackups } from './backups.js';
import { exportError } from './errors.js';
import type { LineSink } from './line-sink.js';

export interface RotatingFileOptions {
	readonly path: string;
	readonly maxBytes: number;
	readonly maxBackups: number;
	readonly compress: boolean;
}

const END_OF_LINE = 10;
/** Waiting lines are written once they are so many bytes. */
const MOST_WAITING = 1 << 18;

/** Holds whole lines only, at most so many bytes of them. @throws ERR_STORE_FULL, ERR_STORE_READ_ONLY, ERR_STORE */
export function openRotatingFile({ path, maxBytes, maxBackups, compress }: RotatingFileOptions): LineSink {
	const backups = createBackups(path, maxBackups, compress);
	let fd: number | undefined;
	let size = 0;
	let waiting: Buffer[] = [];
	let waitingBytes = 0;
	let lost = 0;
	let failure: HeddleError | undefined;
	let tidying = Promise.resolve();

	function open(): number {
		makeFolder(dirname(path), 0o700);
		fd = openSync(path, 'a', 0o600);
		({ size } = fstatSync(fd));
		return fd;
	}

	function tidy(): void {
		tidying = tidying.then(backups.tidy).catch((error: unknown) => {
			failure = exportError(path, error);
		});
	}

	function rotate(): void {
		if (fd !== undefined) {
			closeSync(fd);
			fd = undefined;
			size = 0;
		}
		backups.putAside();
		open();
		tidy();
	}

	/** Of what the disk took of a line without its end, nothing stays. */
	function write(bytes: Buffer): void {
		const to = fd ?? open();
		let written = 0;
		try {
			while (written < bytes.length) {
				written += writeSync(to, bytes, written);
			}
		} catch (error) {
			const whole = written === 0 ? 0 : bytes.lastIndexOf(END_OF_LINE, written - 1) + 1;
			ftruncateSync(to, size + whole);
			size += whole;
			lost += countLines(bytes.subarray(whole));
			throw error;
		}
		size += bytes.length;
	}

	function flush(): void {
		const lines = Buffer.concat(waiting);
		const before = lost;
		waiting = [];
		waitingBytes = 0;
		if (lines.length === 0) {
			return;
		}
		try {
			write(lines);
			failure = undefined;
		} catch (error) {
			// Where it could not even be opened, nothing of it was counted.
			lost += lost === before ? countLines(lines) : 0;
			failure = exportError(path, error);
		}
	}

	function makeRoomFor(bytes: number): void {
		if (size + waitingBytes + bytes <= maxBytes || size + waitingBytes === 0) {
			return;
		}
		flush();
		try {
			rotate();
		} catch (error) {
			failure = exportError(path, error);
		}
	}

	try {
		open();
	} catch (error) {
		throw exportError(path, error);
	}
	tidy();
	return {
		get lost() {
			return lost;
		},
		get failure() {
			return failure;
		},
		add(line) {
			const bytes = Buffer.from(`${line}\n`);
			makeRoomFor(bytes.length);
			waiting.push(bytes);
			waitingBytes += bytes.length;
			if (waitingBytes >= MOST_WAITING) {
				flush();
			}
		},
		flush,
		async close() {
			flush();
			if (fd !== undefined) {
				closeSync(fd);
				fd = undefined;
			}
			await tidying;
		},
	};
}

function countLines(bytes: Buffer): number {
	let lines = 0;
	for (let at = bytes.indexOf(END_OF_LINE); at !== -1; at = bytes.indexOf(END_OF_LINE, at + 1)) {
		lines++;
	}
	return lines;
}

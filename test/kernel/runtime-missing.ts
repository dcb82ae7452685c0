import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY, openRuntime } from './support-runtime.js';
import type { Runtime } from './support-runtime.js';

const INSTALL_MS = 240_000;

/** Why podman starts no container here, be it with a network or without; undefined: it does. */
export async function runtimeMissing(): Promise<string | undefined> {
	const setup = spawnSync('sh', ['scripts/setup', '--quiet', 'runtime'], {
		cwd: REPOSITORY,
		encoding: 'utf8',
		timeout: INSTALL_MS,
	});
	if (setup.status !== 0) {
		return setup.stderr.trim() || `scripts/setup runtime: found no end of it within ${INSTALL_MS / 1000} seconds`;
	}
	const runtime = openRuntime();
	try {
		return startsNothing(runtime);
	} finally {
		await runtime[Symbol.asyncDispose]();
	}
}

function startsNothing({ folder, env }: Runtime): string | undefined {
	const rootfs = join(folder, 'rootfs');
	for (const name of ['rootfs', 'bin', 'net.d']) {
		mkdirSync(join(folder, name));
	}
	copyFileSync('/bin/busybox', join(rootfs, 'true'));
	const options = ['--rm', '--network', 'none', '--rootfs', rootfs];
	const { status, stderr } = spawnSync('podman', ['run', ...options, '/true'], {
		env,
		encoding: 'utf8',
	});
	return status === 0 ? undefined : `podman: ${stderr.trim()}`;
}

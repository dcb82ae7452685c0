import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { removePodSandbox, runPodSandbox, type SandboxWish } from './support-cri.js';
import { TEST_CGROUP, type Runtime } from './support-runtime.js';

/** What pods' sandboxes run. */
const IMAGE = 'heddle.test/sleep:1';
/** CNI's own, which containerd calls for `lo`. */
const LOOPBACK = '/usr/lib/cni/loopback';

/** containerd with everything that it writes in the runtime's folder. */
export interface Containerd extends AsyncDisposable {
	/** As a kubelet starts a pod. @throws what containerd said */
	run(wish: Pick<SandboxWish, 'name' | 'annotations' | 'hostNetwork'>): Promise<string>;
	/** In a pod. @throws what it said, where it failed */
	exec(id: string, command: string): Promise<string>;
	remove(id: string): Promise<void>;
}

/** @throws what the shell said, where it did not start */
export async function openContainerd(runtime: Runtime): Promise<Containerd> {
	const { folder } = runtime;
	const socket = join(folder, 'containerd.sock');
	const ctr = `ctr --address ${socket} --namespace k8s.io`;
	const made = new Set<string>();
	let count = 0;
	mkdirSync(join(folder, 'bin'), { recursive: true });
	symlinkSync(LOOPBACK, join(folder, 'bin/loopback'));
	writeFileSync(join(folder, 'containerd.toml'), configOf(folder, socket));
	writeImage(join(folder, 'image'));
	await runtime.sh(startLines(ctr));
	return {
		async run(wish) {
			const id = await runPodSandbox(socket, { ...wish, cgroupParent: `/${TEST_CGROUP}`, logs: join(folder, 'logs') });
			made.add(id);
			return id;
		},
		exec: (id, command) => runtime.sh(`${ctr} task exec --exec-id exec${++count} ${id} ${command}`),
		async remove(id) {
			await removePodSandbox(socket, id);
			made.delete(id);
		},
		async [Symbol.asyncDispose]() {
			for (const id of made) {
				await removePodSandbox(socket, id);
			}
		},
	};
}

function startLines(ctr: string): string {
	return `
containerd --config containerd.toml >containerd.log 2>&1 &
containerd=$!
until ${ctr} version >/dev/null 2>&1; do kill -0 "$containerd" || { tail -n 3 containerd.log; exit 1; }; sleep 0.1; done
tar --create --file image.tar --directory image .
${ctr} image import --snapshotter native image.tar
`;
}

/** Copies instead of overlays, and nothing that takes more rights than a container's root has. */
function configOf(folder: string, socket: string): string {
	return `version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${folder}/bin"
    conf_dir = "${folder}/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
`;
}

/** Of busybox alone, as `docker save` writes images. */
function writeImage(folder: string): void {
	const layer = join(folder, 'layer');
	mkdirSync(layer, { recursive: true });
	copyFileSync('/bin/busybox', join(layer, 'sleep'));
	['ip', 'ping'].forEach((tool) => linkSync(join(layer, 'sleep'), join(layer, tool)));
	execFileSync('tar', ['--create', '--file', join(folder, 'layer.tar'), '--directory', layer, '.']);
	rmSync(layer, { recursive: true });
	const digest = createHash('sha256')
		.update(readFileSync(join(folder, 'layer.tar')))
		.digest('hex');
	const config = {
		architecture: process.arch === 'x64' ? 'amd64' : process.arch,
		os: 'linux',
		config: { Entrypoint: ['/sleep', '3600'], Env: ['PATH=/'] },
		rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
	};
	writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
	const manifest = [{ Config: 'config.json', RepoTags: [IMAGE], Layers: ['layer.tar'] }];
	writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

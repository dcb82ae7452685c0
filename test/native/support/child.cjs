// A process of its own for what only a process can show: exit, SIGKILL, missing privileges. Also run as a worker thread.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread, parentPort, workerData } = require('node:worker_threads');

const build = join(__dirname, '../../../native/build');
const native = require(process.env.HEDDLE_ADDON || join(build, 'heddle.node'));
const fixture = () => native.load(readFileSync(join(build, 'fixture.bpf.o')));
const ready = (line) =>
	isMainThread ? process.stdout.write(`${JSON.stringify(line)}\n`) : parentPort.postMessage(line);
const wait = () => setInterval(() => {}, 1000);

/** One of everything: maps, memory, ring, links in flight and done, netlink. */
async function openAll(ifindex, mode) {
	const object = await fixture();
	const view = new BigUint64Array(object.maps.cells.mmap());
	const reader = new native.RingReader(object.maps.events, { recordSize: 128 }, () => {});
	const netlink = new native.Netlink();
	const links = await native.attach(
		[
			{ program: object.programs.first, ifindex, hook: 'ingress' },
			{ program: object.programs.second, ifindex, hook: 'egress' },
		],
		{ mode },
	);
	const ids = [object.programs.first.id, object.programs.second.id];
	return { keep: { object, view, reader, netlink, links }, ids };
}

const commands = {
	async unprivileged() {
		process.setgroups([]);
		process.setgid(65534);
		process.setuid(65534);
		await fixture().catch(({ code, message }) => ready({ code, message }));
	},
	async hold(ifindex, mode) {
		const { keep, ids } = await openAll(Number(ifindex), mode);
		globalThis.keep = keep;
		ready({ ids });
		wait();
	},
	async holdKept(ifindex) {
		const { keep, ids } = await openAll(Number(ifindex), 'clsact');
		for (const link of keep.links) link.keep();
		globalThis.keep = keep;
		ready({ ids });
		wait();
	},
	async exit(ifindex, mode) {
		const { keep, ids } = await openAll(Number(ifindex), mode);
		globalThis.keep = keep;
		ready({ ids });
		void fixture();
		void keep.object.programs.produce.testRunAsync({ context: new Uint8Array(16) });
		void keep.links[0].update(keep.object.programs.second);
		process.exit(0);
	},
	async expedite(ifindex, mode) {
		const object = await fixture();
		ready({});
		for (;;) {
			const links = await native.attach(
				[{ program: object.programs.first, ifindex: Number(ifindex), hook: 'ingress' }],
				{ mode, expedited: true },
			);
			await native.detach(links, { expedited: true });
		}
	},
};

/** Everything is allowed on network 1. `onRecord` gets the proxy. */
async function startProxy(netns, device, onRecord) {
	const object = await native.load(readFileSync(join(build, 'policy.bpf.o')));
	const answer = new Uint8Array(12);
	answer.set([7, 0, 0, 0, 0, 0, 0, 0, 5, 1]);
	object.maps.answers.update(new Uint8Array([1, 0, 0, 0]), answer);
	const fd = native.netns.open(netns);
	const options = { netns: fd, threads: 2, ask: object.programs.ask_policy, control: object.maps['.data.control'] };
	const proxy = new native.HttpProxy(options, () => onRecord?.(proxy));
	native.netns.close(fd);
	object.close();
	proxy.setRules(7, [{}]);
	globalThis.keep = { ...globalThis.keep, [device]: proxy };
	return { proxy, port: proxy.addNetwork(1, device) };
}

/** Tells the port, and returns the proxy. */
async function announceProxy(netns, device, onRecord) {
	const { proxy, port } = await startProxy(netns, device, onRecord);
	ready({ port });
	return proxy;
}

Object.assign(commands, {
	/** It alone keeps the process alive. */
	proxyHold: (netns, device) => announceProxy(netns, device),
	proxyUnref: async (netns, device) => (await announceProxy(netns, device)).unref(),
	async proxyTwo(netns, device, other) {
		const [{ port }, { port: otherPort }] = [await startProxy(netns, device), await startProxy(netns, other)];
		ready({ port, otherPort });
	},
	proxyExit: (netns, device) => announceProxy(netns, device, () => process.exit(3)),
	proxyClose: (netns, device) => announceProxy(netns, device, (proxy) => proxy.close()),
	proxyThrow(netns, device) {
		let thrown = 0;
		process.on('uncaughtException', ({ message }) => ready({ message }));
		return announceProxy(netns, device, () => {
			if (thrown++ === 0) throw new Error('from onRecords');
		});
	},
});

const [command, ...parameters] = isMainThread ? process.argv.slice(2) : workerData;
commands[command](...parameters);

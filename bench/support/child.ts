/** A process of its own in another network namespace, asked by messages. */
import { type ChildProcess, type Serializable, execFileSync, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { netns } from '../../lib/native/addon.js';

export interface Child {
	call<T>(method: string, argument?: unknown): Promise<T>;
	stop(): Promise<void>;
}

export interface ChildOptions {
	readonly namespace?: string;
	readonly execArgv?: readonly string[];
	/** Keeps every thread of it on one processor. */
	readonly cpu?: number;
}

interface Answer {
	readonly id: number;
	readonly result?: unknown;
	readonly error?: string;
}

/** A forked process inherits the namespace of the thread that forks it. */
function forkIn(namespace: string | undefined, start: () => ChildProcess): ChildProcess {
	if (namespace === undefined) return start();
	const fd = netns.open(namespace);
	try {
		return netns.run(fd, start);
	} finally {
		netns.close(fd);
	}
}

export function startChild(module: URL, { namespace, execArgv = [], cpu }: ChildOptions = {}): Child {
	const child = forkIn(namespace, () =>
		fork(fileURLToPath(module), { execArgv: ['--import', 'tsx', ...execArgv], serialization: 'advanced' }),
	);
	if (cpu !== undefined) execFileSync('taskset', ['-acp', String(cpu), String(child.pid)], { stdio: 'ignore' });
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	let next = 1;
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));

	child.on('message', ({ id, result, error }: Answer) => {
		const call = waiting.get(id);
		waiting.delete(id);
		if (error === undefined) call?.resolve(result);
		else call?.reject(new Error(error));
	});
	child.on('exit', (code, signal) => {
		for (const { reject } of waiting.values()) reject(new Error(`bench child ended: ${signal ?? `code ${code}`}`));
		waiting.clear();
	});

	return {
		call<T>(method: string, argument?: unknown): Promise<T> {
			return new Promise<T>((resolve, reject) => {
				if (!child.connected) return reject(new Error(`bench child is gone, expected an answer to ${method}`));
				const id = next++;
				waiting.set(id, { resolve: (value) => resolve(value as T), reject });
				child.send({ id, method, argument } as Serializable);
			});
		},
		async stop() {
			if (child.connected) child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
			await gone;
			clearTimeout(timer);
		},
	};
}

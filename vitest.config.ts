import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

interface Kind {
	readonly name: string;
	readonly include?: readonly string[];
	readonly exclude?: readonly string[];
	/** Groups run one after the other. */
	readonly order: number;
	/** Two files at a time. */
	readonly parallel: boolean;
	/** A process for every file: one that dies takes no other along. */
	readonly isolate: boolean;
	readonly timeoutMs: number;
}

/** Whole agents have the host's own interfaces, routes and paths, and so have it alone. */
const HOST = ['agent*', 'cni', 'containerd', 'demo', 'metrics-agent', 'observe', 'readme', 'runtime'].map(
	(name) => `test/kernel/${name}.test.ts`,
);

const kinds: readonly Kind[] = [
	{ name: 'unit', order: 0, parallel: true, isolate: false, timeoutMs: 20_000 },
	{ name: 'native', order: 1, parallel: true, isolate: true, timeoutMs: 60_000 },
	{ name: 'bpf', order: 2, parallel: true, isolate: false, timeoutMs: 120_000 },
	{ name: 'kernel', exclude: HOST, order: 3, parallel: true, isolate: true, timeoutMs: 120_000 },
	{ name: 'host', include: HOST, order: 4, parallel: false, isolate: true, timeoutMs: 120_000 },
];

// Code runs 10 to 30 times slower in an emulated machine.
const slowness = Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);

function project(kind: Kind): TestProjectConfiguration {
	return {
		extends: true,
		test: {
			name: kind.name,
			setupFiles: ['test/leaks/handles.ts'],
			include: [...(kind.include ?? [`test/${kind.name}/**/*.test.ts`])],
			exclude: [...(kind.exclude ?? [])],
			testTimeout: kind.timeoutMs * slowness,
			hookTimeout: kind.timeoutMs * slowness,
			fileParallelism: kind.parallel,
			isolate: kind.isolate,
			sequence: { groupOrder: kind.order },
		},
	};
}

export default defineConfig({
	oxc: { target: 'node20' },
	test: {
		pool: 'forks',
		maxWorkers: 2,
		passWithNoTests: true,
		globalSetup: ['test/leaks/setup.ts'],
		projects: kinds.map(project),
	},
});

import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

interface Kind {
	readonly name: string;
	/** Groups run one after the other: a kernel test must not share the machine with anything. */
	readonly order: number;
	readonly parallel?: boolean;
	readonly timeoutMs: number;
}

const kinds: readonly Kind[] = [
	{ name: 'unit', order: 0, parallel: true, timeoutMs: 20_000 },
	{ name: 'native', order: 1, parallel: true, timeoutMs: 60_000 },
	{ name: 'bpf', order: 2, timeoutMs: 120_000 },
	{ name: 'kernel', order: 3, timeoutMs: 120_000 },
];

// Code runs 10 to 30 times slower in an emulated machine.
const slowness = Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);

function project(kind: Kind): TestProjectConfiguration {
	return {
		extends: true,
		test: {
			name: kind.name,
			setupFiles: ['test/leaks/handles.ts'],
			include: [`test/${kind.name}/**/*.test.ts`],
			testTimeout: kind.timeoutMs * slowness,
			hookTimeout: kind.timeoutMs * slowness,
			fileParallelism: kind.parallel ?? false,
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

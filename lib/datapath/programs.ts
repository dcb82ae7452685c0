import { closedError } from '../errors.js';
import type { BpfProgram } from '../native/addon.js';

/** What every datapath runs. */
export const BASE_PROGRAMS = ['from_endpoint', 'to_endpoint', 'ask_policy', 'sweep', 'read_clock'] as const;
export type BaseProgram = (typeof BASE_PROGRAMS)[number];

/** What a part of it runs: the kernel takes a tenth of a second to verify each, and so only where the part is used. */
export const PART_PROGRAMS = {
	uplink: ['from_uplink', 'early_from_uplink'],
	proxy: ['from_proxy', 'to_proxy'],
	simulation: ['simulate_from_endpoint', 'simulate_to_endpoint'],
} as const;
export type Part = keyof typeof PART_PROGRAMS;
export type ProgramsOf<P extends Part> = Readonly<Record<(typeof PART_PROGRAMS)[P][number], BpfProgram>>;

export interface PartPrograms {
	/** Loaded by who asks first. @throws ERR_VERIFIER, ERR_KERNEL_FEATURE, ERR_CLOSED */
	of<P extends Part>(part: P): Promise<ProgramsOf<P>>;
	/** The same, and this thread waits for the kernel. */
	now<P extends Part>(part: P): ProgramsOf<P>;
	/** All that were loaded, by name. */
	loaded(): Readonly<Record<string, BpfProgram>>;
	close(): void;
}

export interface PartLoader {
	/** Those that are pinned, all of them or none. */
	open(names: readonly string[]): Loaded | undefined;
	load(names: readonly string[]): Promise<Loaded>;
	loadNow(names: readonly string[]): Loaded;
	/** The next process finds them. */
	pin(programs: Readonly<Record<string, BpfProgram>>): void;
}

export interface Loaded {
	readonly programs: Readonly<Record<string, BpfProgram>>;
	close(): void;
}

export function createPartPrograms(loader: PartLoader): PartPrograms {
	const ready = new Map<Part, Loaded>();
	const underway = new Map<Part, Promise<void>>();
	let closed = false;

	function keep(part: Part, loaded: Loaded): void {
		if (closed || ready.has(part)) {
			loaded.close();
			return;
		}
		ready.set(part, loaded);
		loader.pin(loaded.programs);
	}

	function find(part: Part): Loaded | undefined {
		const opened = ready.has(part) ? undefined : loader.open(PART_PROGRAMS[part]);
		if (opened !== undefined) {
			ready.set(part, opened);
		}
		return ready.get(part);
	}

	async function load(part: Part): Promise<void> {
		try {
			keep(part, await loader.load(PART_PROGRAMS[part]));
		} finally {
			underway.delete(part);
		}
	}

	function programsOf<P extends Part>(part: P): ProgramsOf<P> {
		return ready.get(part)?.programs as ProgramsOf<P>;
	}

	return {
		async of(part) {
			if (find(part) === undefined) {
				const loading = underway.get(part) ?? load(part);
				underway.set(part, loading);
				await loading;
			}
			if (!ready.has(part)) {
				throw closedError('the datapath');
			}
			return programsOf(part);
		},
		now(part) {
			if (find(part) === undefined) {
				keep(part, loader.loadNow(PART_PROGRAMS[part]));
			}
			return programsOf(part);
		},
		loaded: () =>
			Object.assign({}, ...Array.from(ready.values(), ({ programs }) => programs)) as ReturnType<
				PartPrograms['loaded']
			>,
		close() {
			closed = true;
			ready.forEach((loaded) => loaded.close());
			ready.clear();
		},
	};
}

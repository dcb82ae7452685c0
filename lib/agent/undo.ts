/** How to put back what a failed change did beside the datapath. */
export interface Undo {
	add(step: () => void): void;
	/** The last step first; one that fails stops no other. */
	run(): void;
}

export function createUndo(): Undo {
	const steps: (() => void)[] = [];
	return {
		add: (step) => void steps.push(step),
		run() {
			for (const step of steps.splice(0).reverse()) {
				try {
					step();
				} catch {
					// The pod is gone, with what was to be put back.
				}
			}
		},
	};
}

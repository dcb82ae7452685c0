import { useRef } from 'preact/hooks';

interface Props<Name extends string> {
	readonly names: readonly Name[];
	readonly chosen: Name;
	onChoose(name: Name): void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** One stop for the tab key; arrows, Home and End go between them (WAI-ARIA's pattern). */
export function Tabs<Name extends string>({ names, chosen, onChoose }: Props<Name>) {
	const list = useRef<HTMLDivElement>(null);

	function go(event: KeyboardEvent): void {
		const at = names.indexOf(chosen);
		const target = targetOf(event.key, at, names.length);
		const name = target === undefined ? undefined : names[target];
		if (name !== undefined) {
			event.preventDefault();
			onChoose(name);
			list.current?.querySelectorAll('button')[target!]?.focus();
		}
	}

	return (
		<div role="tablist" aria-label="Views" ref={list} onKeyDown={go}>
			{names.map((name) => (
				<button
					key={name}
					id={`tab-${name}`}
					type="button"
					role="tab"
					aria-selected={name === chosen}
					aria-controls="panel"
					tabIndex={name === chosen ? 0 : -1}
					onClick={() => onChoose(name)}
				>
					{name}
				</button>
			))}
		</div>
	);
}

function targetOf(key: string, at: number, count: number): number | undefined {
	const step = STEPS[key];
	if (step !== undefined) {
		return (at + step + count) % count;
	}
	return key === 'Home' ? 0 : key === 'End' ? count - 1 : undefined;
}

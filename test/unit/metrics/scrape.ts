/** Prometheus' text format as a map: `name{a="b",c="d"}`, labels sorted, to its value. */
export function samplesOf(text: string): Map<string, number> {
	const samples = new Map<string, number>();
	for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
		const parts = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
		if (parts === null) {
			throw new Error(`not a sample: ${line}`);
		}
		const labels = [...(parts[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([one]) => one).sort();
		const key = `${parts[1]}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`;
		if (samples.has(key)) {
			throw new Error(`told twice: ${key}`);
		}
		samples.set(key, Number(parts[3]));
	}
	return samples;
}

/** Names that the text describes, whether they have samples or not. */
export function namesOf(text: string): string[] {
	return [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name!);
}

import type { LineSink } from './line-sink.js';

export function createStandardOutput(): LineSink {
	let lines: string[] = [];
	function flush(): void {
		if (lines.length > 0) {
			process.stdout.write(`${lines.join('\n')}\n`);
			lines = [];
		}
	}
	return {
		lost: 0,
		failure: undefined,
		add: (line) => void lines.push(line),
		flush,
		async close() {
			flush();
		},
	};
}

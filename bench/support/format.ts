/** Three significant digits, thousands apart. */
export function formatNumber(value: number): string {
	if (!Number.isFinite(value)) return 'n/a';
	const magnitude = Math.abs(value);
	if (magnitude >= 100) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
	return Number(value.toPrecision(3)).toString();
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

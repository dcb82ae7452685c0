/**
 * Patterns of DNS names as Cilium has them (docs.cilium.io, DNS based policies): `*` is any characters of one label, two
 * and more at the start before a dot are one or more whole labels, and stars alone are every name. In time that grows
 * with pattern × name: documents write the one, and whoever answers DNS the other.
 */
export function createNamePattern(text: string): (name: string) => boolean {
	const pattern = canonicalName(text);
	if (/^\*+$/.test(pattern)) {
		return () => true;
	}
	const [first = '', ...rest] = pattern.split('.');
	if (rest.length > 0 && /^\*\*+$/.test(first)) {
		return (name) => {
			const labels = canonicalName(name).split('.');
			return labels.length > rest.length && labelsMatch(rest, labels.slice(-rest.length));
		};
	}
	return (name) => labelsMatch([first, ...rest], canonicalName(name).split('.'));
}

/** Letter case tells no names apart, and the root's dot may be left out. */
export function canonicalName(name: string): string {
	return name.trim().toLowerCase().replace(/\.$/, '');
}

function labelsMatch(wanted: readonly string[], labels: readonly string[]): boolean {
	return wanted.length === labels.length && wanted.every((pattern, i) => labelMatches(pattern, labels[i]!));
}

/** Goes back to the last star only: an earlier one need not take more than it has. */
function labelMatches(pattern: string, label: string): boolean {
	let at = 0;
	let star = -1;
	let taken = 0;
	for (let i = 0; i < label.length;) {
		if (pattern[at] === '*') {
			star = at++;
			taken = i;
		} else if (pattern[at] === label[i]) {
			at++;
			i++;
		} else if (star >= 0) {
			at = star + 1;
			i = ++taken;
		} else {
			return false;
		}
	}
	return /^\**$/.test(pattern.slice(at));
}

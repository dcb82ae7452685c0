// What is not to reach a terminal is the very thing to look for.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text of others, such as URLs: control characters are told, never obeyed by a terminal. */
export function printable(text: string): string {
	return text.replace(CONTROL, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

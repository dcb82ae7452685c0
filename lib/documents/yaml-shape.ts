/** What a text is made of, told before it is parsed: the parser calls itself for every bracket and dash. */
export interface TextShape {
	/** No less than the brackets in each other, or the dashes of one line. */
	readonly nesting: number;
	/** No less than the values there are. */
	readonly parts: number;
}

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, DASH, QUESTION, NEWLINE, COLON, COMMA] = Array.from(
	'[]{}-?\n:,',
	(c) => c.charCodeAt(0),
);

/** Counts more than there may be (brackets in strings, dashes of one line), never less. */
export function shapeOf(text: string): TextShape {
	let open = 0;
	let dashes = 0;
	let nesting = 0;
	let parts = 1;
	for (let i = 0; i < text.length; i++) {
		const character = text.charCodeAt(i);
		if (character === OPEN_LIST || character === OPEN_MAP) {
			open++;
			parts++;
		} else if (character === CLOSE_LIST || character === CLOSE_MAP) {
			open = Math.max(0, open - 1);
		} else if (character === DASH || character === QUESTION) {
			dashes++;
		} else if (character === NEWLINE) {
			dashes = 0;
			parts++;
		} else if (character === COLON || character === COMMA) {
			parts++;
		}
		nesting = Math.max(nesting, open, dashes);
	}
	return { nesting, parts };
}

/** What a text is made of, told before it is parsed: the parser calls itself for every bracket and dash. */
export interface TextShape {
	/** No less than the brackets in each other, or the dashes of one line. */
	readonly nesting: number;
	/** What the parser makes something of, about two of them for each value. */
	readonly parts: number;
}

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, DASH, QUESTION, SPACE] = Array.from('[]{}-? ', (c) =>
	c.charCodeAt(0),
);

const NEWLINE = 10;
const PARTS = new Set(Array.from('[{:,\n\r\t"\'&*!|>#%', (c) => c.charCodeAt(0)));

/** Counts more than there may be (brackets in strings, dashes of one line), never less. */
export function shapeOf(text: string): TextShape {
	let open = 0;
	let dashes = 0;
	let nesting = 0;
	let parts = 0;
	for (let i = 0; i < text.length; i++) {
		const character = text.charCodeAt(i);
		// Most characters are those of names.
		if (character > QUESTION! && character < OPEN_MAP! && character !== OPEN_LIST && character !== CLOSE_LIST) {
			continue;
		}
		if (character === OPEN_LIST || character === OPEN_MAP) {
			open++;
		} else if (character === CLOSE_LIST || character === CLOSE_MAP) {
			open = Math.max(0, open - 1);
		} else if (character === DASH || character === QUESTION) {
			dashes++;
			parts += text.charCodeAt(i + 1) > SPACE! ? 0 : 1;
		} else if (character === NEWLINE) {
			dashes = 0;
		}
		parts += PARTS.has(character) ? 1 : 0;
		nesting = Math.max(nesting, open, dashes);
	}
	return { nesting, parts };
}

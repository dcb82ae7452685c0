/** A place in a regular expression that is being read. */
export class RegularText {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	get done(): boolean {
		return this.#at >= this.#text.length;
	}

	at(part: string): boolean {
		return this.#text.startsWith(part, this.#at);
	}

	/** Goes past `part` where it stands here. */
	take(part: string): boolean {
		const here = this.at(part);
		this.#at += here ? part.length : 0;
		return here;
	}

	/** The next character, whole. */
	next(): string {
		const code = this.#text.codePointAt(this.#at);
		const character = code === undefined ? '' : String.fromCodePoint(code);
		this.#at += character.length;
		return character;
	}

	/** Goes past what a sticky pattern matches here. */
	match(pattern: RegExp): RegExpExecArray | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text) ?? undefined;
		this.#at += found?.[0].length ?? 0;
		return found;
	}
}

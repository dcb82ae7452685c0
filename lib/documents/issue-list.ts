import { MAX_ISSUES, type DocumentIssue } from './issue.js';

/** Issues of many documents: all of them, up to a number that a reader can be asked to look at. */
export class IssueList {
	readonly #listed: DocumentIssue[] = [];
	#count = 0;

	/** `count`: how many there are, where not all are kept. */
	add(issues: readonly DocumentIssue[], count = issues.length): void {
		this.#count += count;
		for (const issue of issues.slice(0, MAX_ISSUES - this.#listed.length)) {
			this.#listed.push(issue);
		}
	}

	/** The last one says how many are not listed. */
	list(): readonly DocumentIssue[] {
		const more = this.#count - this.#listed.length;
		const last = this.#listed.at(-1);
		return last === undefined || more === 0
			? this.#listed
			: [...this.#listed, { ...last, path: [], message: `${more} more after this are not listed` }];
	}
}

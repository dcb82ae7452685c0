import { LineCounter, type Document } from 'yaml';
import { createReport, type DocumentIssue, type DocumentSource, type Position } from './issue.js';
import { tooDeep, tooMany, withDefaults, type DocumentLimits } from './limits.js';
import type { RawDocument, RawRead } from './raw-document.js';
import { composeDocuments } from './yaml-compose.js';
import { YamlPositions } from './yaml-positions.js';
import { shapeOf } from './yaml-shape.js';
import { YamlProblem, YamlReader } from './yaml-values.js';

const UNREAD = '(unread document)';
const MAX_NESTING = 1000;

/** What is wrong somewhere in a text. */
interface Problem {
	readonly message: string;
	readonly offset?: number;
}

/** All documents of a YAML text. What is no YAML, or too big to be meant well, is an issue. */
export function readYaml(text: string, file?: string, wished: DocumentLimits = {}): RawRead {
	const limits = withDefaults(wished);
	const documents: RawDocument[] = [];
	const issues: DocumentIssue[] = [];
	const lines = new LineCounter();
	const named = file === undefined ? {} : { file };
	const tell = (problems: readonly Problem[], index: number) => {
		issues.push(...issuesOf(problems, { ...named, index }, lines));
	};

	const complaint = complaintAbout(text, limits);
	if (complaint !== undefined) {
		tell([{ message: complaint }], 0);
		return { documents, issues };
	}
	let left = limits.values;
	let index = 0;
	for (const document of composeDocuments(text, lines)) {
		if (index === limits.documents) {
			const message = `found more than ${limits.documents} documents in one text, expected less`;
			tell([{ message, offset: document.range[0] }], index);
			break;
		}
		const reader = new YamlReader(limits, left);
		const positions = new YamlPositions(document, reader.targets);
		const { value, problems } = valuesOf(document, reader);
		tell(problems, index);
		// `---` alone, or only comments, is null.
		if (value !== null && value !== undefined) {
			const locate: DocumentSource['locate'] = (path) => positionAt(lines, positions.offsetOf(path));
			documents.push({ value, source: { ...named, index, locate }, unsound: problems.length > 0 });
		}
		left = reader.left;
		index++;
	}
	return { documents, issues };
}

/** Without a value where the text is no YAML. */
function valuesOf(document: Document.Parsed, reader: YamlReader): { value?: unknown; problems: readonly Problem[] } {
	const unread = [...document.errors, ...document.warnings].map(({ message, pos }) => ({ message, offset: pos[0] }));
	if (unread.length > 0) {
		return { problems: unread };
	}
	try {
		return { value: reader.read(document), problems: reader.problems };
	} catch (error) {
		if (error instanceof YamlProblem) {
			return { problems: [...reader.problems, error] };
		}
		throw error;
	}
}

function complaintAbout(text: string, limits: Required<DocumentLimits>): string | undefined {
	if (text.length > limits.length) {
		return `found ${text.length} characters, expected at most ${limits.length}`;
	}
	const { nesting, parts } = shapeOf(text);
	if (nesting > MAX_NESTING) {
		return tooDeep(limits.depth);
	}
	// A colon and the end of a line for each value, and not many more.
	return parts > limits.values * 2 ? tooMany(limits.values) : undefined;
}

function issuesOf(
	problems: readonly Problem[],
	source: Omit<DocumentSource, 'locate'>,
	lines: LineCounter,
): readonly DocumentIssue[] {
	let offset: number | undefined;
	const locate = () => (offset === undefined ? undefined : positionAt(lines, offset));
	const report = createReport(UNREAD, { ...source, locate });
	for (const problem of problems) {
		offset = problem.offset;
		const [first = ''] = problem.message.split('\n');
		report.refuse([], first);
	}
	return report.issues;
}

function positionAt(lines: LineCounter, offset: number): Position {
	const { line, col } = lines.linePos(offset);
	return { line, column: col };
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heddle, WALKTHROUGH } from './support/cli.js';

const VERBS = ['validate', 'rows', 'explain', 'diff', 'verify', 'recommend'];

describe('help', () => {
	test('names every command', async () => {
		const { code, out } = await heddle(['--help']);
		expect(code).toBe(0);
		VERBS.forEach((verb) => expect(out).toContain(`heddle policy ${verb}`));
		expect((await heddle(['policy', '--help'])).out).toBe(out);
	});

	test.each(VERBS)('of %s tells its options and exit codes', async (verb) => {
		const { code, out } = await heddle(['policy', verb, '--help']);
		expect(code).toBe(0);
		expect(out).toMatch(/--output FORMAT/);
		expect(out).toMatch(/Exit code 0/);
	});

	test('is told on stderr, with exit code 2, where nothing was asked', async () => {
		expect(await heddle([])).toMatchObject({
			code: 2,
			out: '',
			err: expect.stringContaining('policy validate') as string,
		});
	});
});

test('the version is that of the package', async () => {
	const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
	expect(await heddle(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
});

describe('wrong usage ends with exit code 2 and says what was found and what is expected', () => {
	const cases: readonly (readonly [readonly string[], RegExp])[] = [
		[['polcy'], /found "polcy", expected policy/],
		[['policy'], /found no command, expected one of validate/],
		[['policy', 'foo'], /found "foo", expected one of validate, rows/],
		[['policy', 'rows', '--verbose'], /found option --verbose, expected one of -f, --filename/],
		[['policy', 'rows', '-x'], /found option -x, expected one of/],
		[['policy', 'rows', '-o', 'xml', '-f', WALKTHROUGH], /-o: found "xml", expected table, json, yaml/],
		[['policy', 'rows', '-f'], /-f: found no value, expected FILE/],
		[
			['policy', 'rows', '--ip-blocks', 'all', '-f', WALKTHROUGH],
			/--ip-blocks: found "all", expected external, endpoints/,
		],
		[['policy', 'explain', '--exit-code=1', '-f', WALKTHROUGH], /--exit-code: found value "1", expected none/],
		[['policy', 'explain', '--from', 'a', '--from', 'b', '-f', WALKTHROUGH], /--from: found it 2 times, expected once/],
		[['policy', 'validate'], /found no documents, expected -f FILE/],
		[['policy', 'recommend'], /found no flows, expected -f FILE/],
		[['policy', 'diff', WALKTHROUGH], /found 1 versions, expected two/],
		[
			['policy', 'explain', '-f', WALKTHROUGH, '--to', 'client', '--port', '80'],
			/--from: found nothing, expected a pod/,
		],
		[
			['policy', 'explain', '-f', WALKTHROUGH, '--from', 'nobody', '--to', 'client', '--port', '80'],
			/--from: found "nobody".*such as default\/client/,
		],
		[
			['policy', 'explain', '-f', WALKTHROUGH, '--from', 'client', '--to', 'client'],
			/--port: found nothing, expected PORT/,
		],
		[
			['policy', 'explain', '--pin', '/nowhere/heddle', '--from', 'a', '--to', 'b', '--port', '80'],
			/--pin: found nothing at/,
		],
		[
			['policy', 'verify', '--pin', '/nowhere/heddle', '-f', WALKTHROUGH],
			/found documents and --pin, expected one of them/,
		],
	];

	test.each(cases)('%j', async (args, message) => {
		const { code, out, err } = await heddle(args);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toMatch(message);
		expect(err).toMatch(/^heddle: [^\n]+\n$/);
	});

	test.each([
		'0/TCP',
		'65536',
		'80/FOO',
		'80/ANY',
		'http',
		'80/TCP/x',
		'256/ICMP',
		'1:256/ICMP',
		'80/47',
		'',
		'-1',
		'8.5',
	])('--port %j', async (port) => {
		const { code, err } = await heddle([
			'policy',
			'explain',
			'-f',
			WALKTHROUGH,
			'--from',
			'client',
			'--to',
			'client',
			`--port=${port}`,
		]);
		expect(code).toBe(2);
		expect(err).toMatch(/--port: found .*, expected PORT/);
	});
});

describe('input that cannot be read', () => {
	let folder = '';
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
		writeFileSync(join(folder, 'bytes.yaml'), Uint8Array.of(0xff, 0xfe, 0xfd));
		writeFileSync(join(folder, 'readme.txt'), 'no document');
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	test.each(VERBS.filter((verb) => verb !== 'diff'))('ends %s with exit code 2 and its name', async (verb) => {
		const ends = verb === 'explain' ? ['--from', 'a', '--to', 'b', '--port', '80'] : [];
		const { code, err } = await heddle(['policy', verb, '-f', join(folder, 'missing.yaml'), ...ends]);
		expect(code).toBe(2);
		expect(err).toMatch(/cannot read .*missing\.yaml: ENOENT/);
	});

	test('is bytes that are no text, too', async () => {
		expect(await heddle(['policy', 'validate', '-f', folder])).toMatchObject({
			code: 2,
			err: expect.stringMatching(/bytes\.yaml/) as string,
		});
	});

	test('is text without a document, too', async () => {
		const { code, err } = await heddle(['policy', 'validate', '-f', '-'], { stdin: '---\n# nothing\n' });
		expect({ code, err }).toEqual({ code: 2, err: 'heddle: found no document in (stdin), expected at least one\n' });
	});
});

import { invalidArgument } from '../../errors.js';
import type { HttpMessage } from '../messages/flow-message.js';
import type { FlowFilterMessage } from '../messages/requests.js';
import { oneOf } from './test.js';
import type { FilterTools, Test } from './test.js';

const L7 = 129;
const WHOLE_CODE = /^[1-5]\d{2}$/;
const CODE_PREFIX = /^[1-5]\d?\+$/;

type HttpField = 'http_status_code' | 'http_method' | 'http_path' | 'http_url' | 'http_header';

const FIELDS: readonly HttpField[] = ['http_status_code', 'http_method', 'http_path', 'http_url', 'http_header'];

export function httpTests(filter: FlowFilterMessage, field: string, tools: FilterTools): readonly Test[] {
	checkEventType(filter, field);
	const at = (name: HttpField) => `${field}.${name}`;
	return [
		...oneOf(filter.http_status_code, at('http_status_code'), codeTest),
		...oneOf(filter.http_method, at('http_method'), (method) => {
			const wanted = method.toLowerCase();
			return ofHttp((http) => http.method?.toLowerCase() === wanted);
		}),
		...oneOf(filter.http_url, at('http_url'), (text, where) => {
			const matches = tools.regular(text, where);
			return ofHttp(({ url }) => url !== undefined && url !== '' && matches(url));
		}),
		...oneOf(filter.http_path, at('http_path'), (text, where) => {
			const matches = tools.regular(text, where);
			return ofHttp((http) => matches(pathOf(http) ?? ''));
		}),
		...oneOf(filter.http_header, at('http_header'), ({ key, value }) =>
			ofHttp(({ headers }) => headers?.some((one) => one.key === key && one.value === value) ?? false),
		),
	];
}

/** What can match nothing is the client's mistake. */
function checkEventType(filter: FlowFilterMessage, field: string): void {
	const asked = FIELDS.find((name) => filter[name].length > 0);
	const { event_type: types } = filter;
	if (asked !== undefined && types.length > 0 && !types.some(({ type }) => type === L7)) {
		throw invalidArgument(`${field}.event_type`, types.map(({ type }) => type).join(', '), `${L7} (l7) with ${asked}`);
	}
}

function codeTest(text: string, field: string): Test {
	if (WHOLE_CODE.test(text)) {
		return ofHttp(({ code }) => code === Number(text));
	}
	if (!CODE_PREFIX.test(text)) {
		throw invalidArgument(field, text, "a status code or the start of one: '404', '40+', '5+'");
	}
	const prefix = text.slice(0, -1);
	return ofHttp(({ code }) => code !== undefined && String(code).padStart(3, '0').startsWith(prefix));
}

function ofHttp(test: (http: HttpMessage) => boolean): Test {
	return ({ l7 }) => l7?.http !== undefined && test(l7.http);
}

function pathOf({ url }: HttpMessage): string | undefined {
	return url !== undefined && URL.canParse(url, 'http://host') ? new URL(url, 'http://host').pathname : undefined;
}

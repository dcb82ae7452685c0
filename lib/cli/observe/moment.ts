import { describeValue } from '../../errors.js';
import { usageError } from '../options.js';

const UNITS: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

const DURATION = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** `90s`, `1h43m`: so long ago; or a date of RFC 3339, also of fewer parts. @returns RFC 3339 @throws ERR_USAGE */
export function parseMoment(flag: string, text: string, now = Date.now()): string {
	const parts = [...text.matchAll(DURATION)];
	if (parts.length > 0 && parts.map(([whole]) => whole).join('') === text) {
		const ago = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
		const then = new Date(now - ago);
		return Number.isNaN(then.getTime()) ? wrong(flag, text) : then.toISOString();
	}
	// JavaScript has no hours without minutes.
	const whole = text.replace(/(T\d{2})(Z|[+-]\d{2}:\d{2})$/, '$1:00$2');
	const time = DATE.test(text) ? Date.parse(whole) : Number.NaN;
	return Number.isNaN(time) ? wrong(flag, text) : new Date(time).toISOString();
}

function wrong(flag: string, text: string): never {
	throw usageError(
		`--${flag}: found ${describeValue(text)}, expected how long ago, such as '90s' or '1h30m', or '2026-01-02T15:04:05Z'`,
	);
}

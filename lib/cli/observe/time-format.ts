const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Nanoseconds of Unix time as text, in UTC. */
export type TimeFormat = (timeNs: bigint) => string;

/** By the names that Hubble gives them. */
export const TIME_FORMATS = {
	StampMilli: (ns) => {
		const { month, time, monthDay } = partsOf(ns);
		return `${month} ${monthDay.padStart(2)} ${time}.${fraction(ns, 3)}`;
	},
	YearMonthDay: (ns) => iso(ns, 10),
	YearMonthDayHour: (ns) => `${iso(ns, 13)}Z`,
	YearMonthDayHourMinute: (ns) => `${iso(ns, 16)}Z`,
	RFC3339: (ns) => `${iso(ns, 19)}Z`,
	RFC3339Milli: (ns) => `${iso(ns, 19)}${trimmed(ns, 3)}Z`,
	RFC3339Micro: (ns) => `${iso(ns, 19)}${trimmed(ns, 6)}Z`,
	RFC3339Nano: (ns) => `${iso(ns, 19)}${trimmed(ns, 9)}Z`,
	RFC1123Z: (ns) => {
		const { weekday, month, time, monthDay, year } = partsOf(ns);
		return `${weekday}, ${monthDay.padStart(2, '0')} ${month} ${year} ${time} +0000`;
	},
} as const satisfies Readonly<Record<string, TimeFormat>>;

export type TimeFormatName = keyof typeof TIME_FORMATS;

function dateOf(ns: bigint): Date {
	return new Date(Number(ns / 1_000_000n));
}

function iso(ns: bigint, length: number): string {
	return dateOf(ns).toISOString().slice(0, length);
}

function partsOf(ns: bigint) {
	const date = dateOf(ns);
	return {
		weekday: DAYS[date.getUTCDay()]!,
		month: MONTHS[date.getUTCMonth()]!,
		monthDay: String(date.getUTCDate()),
		year: date.getUTCFullYear(),
		time: date.toISOString().slice(11, 19),
	};
}

function fraction(ns: bigint, digits: number): string {
	return String(ns % 1_000_000_000n)
		.padStart(9, '0')
		.slice(0, digits);
}

/** Without zeros at its end, as Go writes it. */
function trimmed(ns: bigint, digits: number): string {
	const told = fraction(ns, digits).replace(/0+$/, '');
	return told === '' ? '' : `.${told}`;
}

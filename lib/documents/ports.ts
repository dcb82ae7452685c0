import { PORT_NAME_MEANING, isPortName } from './names.js';
import type { Check } from './check.js';

export const MAX_PORT = 65535;

export function isPort(value: unknown, least: number): value is number {
	return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_PORT;
}

/** A name that pods give a port: in Kubernetes' own documents always in lower case. */
export function isLowerPortName(value: unknown): value is string {
	return typeof value === 'string' && isPortName(value) && value === value.toLowerCase();
}

/** A number, or a name; a number in quotes is neither, as in Kubernetes. */
export const numberOrName: Check<number | string> = (value, { path, report }) =>
	isPort(value, 1) || isLowerPortName(value)
		? value
		: report.wrong(
				path,
				value,
				`a number from 1 to ${MAX_PORT} without quotes, or a name (${PORT_NAME_MEANING}, in lower case)`,
			);

export const portName: Check<string> = (value, { path, report }) =>
	isLowerPortName(value) ? value : report.wrong(path, value, `a name of a port (${PORT_NAME_MEANING}, in lower case)`);

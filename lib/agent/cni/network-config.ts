import { isMapping, list, object, optional, record, required, type Check } from '../../documents/check.js';
import { createReport } from '../../documents/issue.js';
import { NAME, NAME_LENGTH, NAME_MEANING } from '../../documents/names.js';
import { string } from '../../documents/scalars.js';
import { describeIssue } from '../../errors.js';
import { CniError, INVALID_CONFIGURATION, UNSUPPORTED_FIELD } from './cni-error.js';

/** What a network configuration asks of an attachment. */
export interface NetworkConfig {
	/** CNI's name of the network: attachments of another one are not ours to collect. */
	readonly name: string;
	/** This one alone; absent: those that the pod's annotations ask for. */
	readonly network?: string;
	readonly dns?: Readonly<Record<string, unknown>>;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly ips?: readonly string[];
	readonly mac?: string;
	readonly prevResult?: Readonly<Record<string, unknown>>;
	readonly validAttachments?: readonly ValidAttachment[];
}

export interface ValidAttachment {
	readonly containerID: string;
	readonly ifname: string;
}

/** The capability by which containerd and CRI-O tell a pod's annotations. */
const ANNOTATIONS = 'io.kubernetes.cri.pod-annotations';
const VALID_ATTACHMENTS = 'cni.dev/valid-attachments';

const anyText = string();
const anything: Check<Readonly<Record<string, unknown>>> = (value, { path, report }) =>
	isMapping(value) ? value : report.wrong(path, value, 'an object');
const texts = record(anyText, anyText);

const runtimeConfig = object({ ips: optional(list(anyText)), mac: optional(anyText), [ANNOTATIONS]: optional(texts) });
const label = object({ key: required(anyText), value: required(anyText) });
const attachment: Check<ValidAttachment> = object({ containerID: required(anyText), ifname: required(anyText) });
const dns = object({
	nameservers: optional(list(anyText)),
	domain: optional(anyText),
	search: optional(list(anyText)),
	options: optional(list(anyText)),
});

const FIELDS = {
	cniVersion: required(anyText),
	name: required(string(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'a name of letters, digits, _, . and -')),
	type: optional(anyText),
	network: optional(string(NAME, NAME_MEANING, NAME_LENGTH)),
	// The plugin's own.
	agentSocket: optional(anyText),
	agentTimeoutSeconds: optional((value: unknown) => value),
	capabilities: optional(anything),
	runtimeConfig: optional(runtimeConfig),
	args: optional(anything),
	dns: optional(dns),
	prevResult: optional(anything),
	[VALID_ATTACHMENTS]: optional(list(attachment)),
} as const;

const check = object(FIELDS);

/** @throws CniError 2 naming a field that heddle does nothing with, 7 naming what is wrong */
export function readNetworkConfig(config: Readonly<Record<string, unknown>>): NetworkConfig {
	// The specification keeps `cni.dev/` for itself: what it adds there may be left alone.
	const known = Object.entries(config).filter(([key]) => key in FIELDS || !key.startsWith('cni.dev/'));
	refuseUnknown(known);
	const found = checked(check, Object.fromEntries(known));
	const { ips, mac, [ANNOTATIONS]: annotations } = found.runtimeConfig ?? {};
	const { name, network, dns, prevResult, [VALID_ATTACHMENTS]: validAttachments } = found;
	const asked = conventionalArgs(found.args?.['cni']);
	return {
		name,
		...defined({ network, dns, prevResult, annotations, validAttachments, labels: asked.labels }),
		...defined({ ips: ips ?? asked.ips, mac: mac ?? asked.mac }),
	};
}

function refuseUnknown(entries: readonly (readonly [string, unknown])[]): void {
	const unknown = entries.find(([key]) => !(key in FIELDS));
	if (unknown !== undefined) {
		const [key, value] = unknown;
		const expected = Object.keys(FIELDS).join(', ');
		throw new CniError(UNSUPPORTED_FIELD, `${key}: found ${JSON.stringify(value)}, expected one of ${expected}`);
	}
}

/** Of CNI's CONVENTIONS.md, "args"; others may be there and are for others. */
function conventionalArgs(found: unknown): Pick<NetworkConfig, 'labels' | 'ips' | 'mac'> {
	if (found === undefined) {
		return {};
	}
	const { labels, ips, mac } = isMapping(found) ? found : {};
	const known = object({ labels: optional(list(label)), ips: optional(list(anyText)), mac: optional(anyText) });
	const read = checked(object({ args: required(object({ cni: required(known) })) }), {
		args: { cni: isMapping(found) ? { labels, ips, mac } : found },
	}).args.cni;
	return defined({
		labels: read.labels && Object.fromEntries(read.labels.map(({ key, value }) => [key, value])),
		ips: read.ips,
		mac: read.mac,
	});
}

function checked<T>(how: Check<T>, value: unknown): T {
	const report = createReport('network configuration', { index: 0, locate: () => undefined });
	const found = how(value, { path: [], report });
	if (found === undefined || report.count > 0) {
		throw new CniError(INVALID_CONFIGURATION, report.issues.map(describeIssue).join('; '));
	}
	return found;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

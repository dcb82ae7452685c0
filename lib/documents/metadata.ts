import { object, opaque, optional, record, required, string, type Check } from './check.js';

/** Names of objects and namespaces, as DNS labels joined by dots. */
export const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const NAME_MEANING = 'a name of lower-case letters, digits, - and .';

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export interface Metadata {
	readonly name: string;
	readonly namespace?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
}

export const labelValue = string(LABEL_VALUE, 'a label value: a string of at most 63 letters, digits, -, _ and .');

const labels = record(LABEL_KEY, 'a label key: [prefix/]name', labelValue);
const annotations = record(/^/, 'an annotation', string());

const common = {
	name: required(string(NAME, NAME_MEANING)),
	labels: optional(labels),
	annotations: optional(annotations),
	// What a cluster writes into objects that it returns; none of it says anything about the network.
	uid: optional(opaque),
	resourceVersion: optional(opaque),
	generation: optional(opaque),
	creationTimestamp: optional(opaque),
	managedFields: optional(opaque),
};

export const clusterMetadata: Check<Metadata> = object(common);
export const namespacedMetadata: Check<Metadata> = object({
	...common,
	namespace: optional(string(NAME, NAME_MEANING)),
});

import { object, optional, record, required, type Check } from './check.js';
import { labelKey, labelValue } from './label-keys.js';
import { NAME, NAME_LENGTH, NAME_MEANING } from './names.js';
import { string } from './scalars.js';

export { NAME, NAME_MEANING } from './names.js';

export interface Metadata {
	readonly name: string;
	readonly namespace?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
}

/** What a cluster writes into objects that it returns; none of it says anything about the network. */
const ignored = [
	'uid',
	'resourceVersion',
	'generation',
	'generateName',
	'creationTimestamp',
	'deletionTimestamp',
	'deletionGracePeriodSeconds',
	'finalizers',
	'ownerReferences',
	'managedFields',
	'selfLink',
];

export const name = string(NAME, NAME_MEANING, NAME_LENGTH);

const annotationKey: Check<string> = (value) => value as string;

const common = {
	name: required(name),
	labels: optional(record(labelKey, labelValue)),
	annotations: optional(record(annotationKey, string())),
};

export const clusterMetadata: Check<Metadata> = object(common, {
	ignored,
	refused: { namespace: 'objects of this kind are in no namespace' },
});
export const namespacedMetadata: Check<Metadata> = object({ ...common, namespace: optional(name) }, { ignored });

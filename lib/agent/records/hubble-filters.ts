import { packageVersion } from '../../cli/version.js';
import type { FlowPredicate } from '../../flows/filter.js';
import { compileFilters } from '../../hubble/filters/compile.js';
import { createFilterTools } from '../../hubble/filters/tools.js';
import { loadLibraries } from '../../hubble/libraries.js';
import { loadSchema, type Schema } from '../../hubble/schema.js';
import type { FlowFilterMessage } from '../../hubble/messages/requests.js';
import { flowMessage, isServedFlow } from '../../hubble/translate/flow.js';
import { invalidArgument } from '../../errors.js';

/** Hubble's `flow.FlowFilter` as JSON, in a text or as it is. */
export type HubbleFilter = string | object;

export interface HubbleLists {
	readonly allowList?: readonly HubbleFilter[];
	readonly denyList?: readonly HubbleFilter[];
}

export interface FlowPredicates {
	readonly allowList: readonly FlowPredicate[];
	readonly denyList: readonly FlowPredicate[];
}

/** @throws ERR_INVALID_ARGUMENT naming list, number and field */
export async function hubblePredicates(
	{ allowList = [], denyList = [] }: HubbleLists,
	nodeName: string,
): Promise<FlowPredicates> {
	if (allowList.length === 0 && denyList.length === 0) {
		return { allowList: [], denyList: [] };
	}
	const libraries = await loadLibraries();
	const schema = loadSchema(libraries);
	const tools = createFilterTools(libraries, schema);
	const teller = { nodeName, clusterName: 'default', version: packageVersion() };
	const readAll = (name: keyof HubbleLists, filters: readonly HubbleFilter[]) =>
		filters.map((filter, i): FlowPredicate => {
			const whitelist = [readFilter(schema, filter, `${name}[${i}]`)];
			const matches = compileFilters({ whitelist, blacklist: [] }, tools);
			return (flow) => isServedFlow(flow) && (matches === undefined || matches(flowMessage(flow, teller)));
		});
	return { allowList: readAll('allowList', allowList), denyList: readAll('denyList', denyList) };
}

function readFilter(schema: Schema, filter: HubbleFilter, field: string): FlowFilterMessage {
	const type = schema.type('flow.FlowFilter');
	const json = typeof filter === 'string' ? parse(filter, field) : filter;
	const unknown = Object.keys(json).find((name) => type.fields[name] === undefined);
	if (unknown !== undefined) {
		throw invalidArgument(`${field}.${unknown}`, unknown, `one of ${Object.keys(type.fields).join(', ')}`);
	}
	try {
		return type.toObject(type.fromObject(json), { longs: Number, arrays: true, defaults: true }) as FlowFilterMessage;
	} catch {
		throw invalidArgument(field, filter, "a filter of Hubble's, such as { verdict: [DROPPED] }");
	}
}

function parse(text: string, field: string): object {
	try {
		const json: unknown = JSON.parse(text);
		if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
			return json;
		}
	} catch {
		// Told below, as what is no object is.
	}
	throw invalidArgument(field, text, `JSON of a filter of Hubble's, such as '{"verdict":["DROPPED"]}'`);
}

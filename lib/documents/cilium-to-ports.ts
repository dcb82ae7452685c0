import { list, object, optional, refine, type Check, type Mapping, type Place } from './check.js';
import type { CiliumPortRule } from './cilium-rule.js';
import { ciliumPorts } from './cilium-ports.js';
import { checkInspection, type Way } from './cilium-inspection.js';
import { dnsRule, serverName } from './domain-names.js';
import { httpRule } from './http-rules.js';

const noTls = 'TLS is not ended for inspection';

const rules = object(
	{ http: optional(list(httpRule)), dns: optional(list(dnsRule)) },
	{
		refused: {
			kafka: 'Kafka rules are no longer part of Cilium',
			l7proto: 'rules of parsers beside Envoy are not supported',
			l7: 'rules of parsers beside Envoy are not supported',
		},
	},
);

/** Of a rule that denies: nothing of layer 7. */
export const deniedPorts: Check<readonly CiliumPortRule[]> = list(
	object(
		{ ports: optional(ciliumPorts) },
		{
			refused: {
				rules: 'what denies a port denies all of it',
				serverNames: 'what denies a port denies all of it',
			},
		},
	),
);

export function allowedPorts(way: Way): Check<readonly CiliumPortRule[]> {
	const fields = { ports: optional(ciliumPorts), rules: optional(rules), serverNames: optional(list(serverName)) };
	const refused = { terminatingTLS: noTls, originatingTLS: noTls, listener: 'listeners of Envoy are not supported' };
	const across = (value: Mapping, place: Place) => checkInspection(value, way, place);
	return list(refine(object(fields, { refused, across }), withoutEmptyParts));
}

/** Rules of no kind inspect nothing. */
function withoutEmptyParts({ ports, rules: inspected, serverNames }: CiliumPortRule): CiliumPortRule {
	const inspects = inspected?.http !== undefined || inspected?.dns !== undefined;
	const named = serverNames !== undefined && serverNames.length > 0;
	return { ...(ports && { ports }), ...(inspects && { rules: inspected }), ...(named && { serverNames }) };
}

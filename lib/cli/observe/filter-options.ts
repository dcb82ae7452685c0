import type { OptionSpec, OptionSpecs } from '../options.js';

const ENDS: Readonly<Record<string, Pick<OptionSpec, 'short' | 'value'> & { readonly what: string }>> = {
	pod: { value: '[NAMESPACE/]PREFIX', what: "of pods whose name begins so (namespace 'default' where none is given)" },
	namespace: { short: 'n', value: 'NAME', what: 'of pods of this namespace' },
	ip: { value: 'ADDRESS|CIDR', what: 'of this address or block' },
	identity: { value: 'NUMBER|NAME', what: 'of this identity: 256, host, world-ipv4' },
	label: { short: 'l', value: 'SELECTOR', what: 'of these labels: app=client, k8s:app in (a,b), reserved:host' },
	port: { value: 'PORT', what: 'of this port' },
	interface: { value: 'NAME', what: 'of this interface, as the pod or the host calls it' },
};

const SIDES = { '': 'flows', 'from-': 'flows from what is', 'to-': 'flows to what is' } as const;

function endOptions(): Record<string, OptionSpec> {
	const all = Object.entries(ENDS).flatMap(([name, { short, value, what }]) =>
		Object.entries(SIDES).map(([side, words]): [string, OptionSpec] => [
			`${side}${name}`,
			{
				...(side === '' && short !== undefined ? { short } : {}),
				...(value === undefined ? {} : { value }),
				multiple: true,
				help: `${words} ${what}`,
			},
		]),
	);
	return Object.fromEntries(all);
}

/** The filters of `hubble observe`, each as often as one likes. */
export const FILTER_OPTIONS: OptionSpecs = {
	...endOptions(),
	network: { value: 'NAME', multiple: true, help: 'flows on this network' },
	protocol: { value: 'NAME', multiple: true, help: 'tcp, udp, sctp, icmp, icmpv4, icmpv6, http, dns, kafka' },
	verdict: { value: 'VERDICT', multiple: true, help: 'FORWARDED, DROPPED, AUDIT, REDIRECTED, ERROR' },
	type: {
		short: 't',
		value: 'TYPE[:SUBTYPE]',
		multiple: true,
		help: 'trace, drop, policy-verdict, l7, flow-end; trace:to-endpoint, drop:POLICY_DENIED',
	},
	'drop-reason-desc': { value: 'NAME', multiple: true, help: 'POLICY_DENIED and its like' },
	'traffic-direction': { value: 'DIRECTION', multiple: true, help: 'ingress or egress' },
	'http-status': { value: 'STATUS', multiple: true, help: '404, or 5+ for all that begin so' },
	'http-method': { value: 'METHOD', multiple: true, help: 'get, post' },
	'http-path': { value: 'EXPRESSION', multiple: true, help: "regular expression: '/page/\\d+'" },
	'http-url': { value: 'EXPRESSION', multiple: true, help: "regular expression: '^http://10\\.'" },
	'http-header': { value: 'NAME:VALUE', multiple: true, help: 'with this header' },
	'dns-query': { value: 'EXPRESSION', multiple: true, help: "regular expression: '\\.example\\.com'" },
};

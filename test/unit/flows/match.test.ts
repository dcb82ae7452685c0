import { describe, expect, it } from 'vitest';

import type { Flow } from '../../../lib/flows/flow.js';
import { flowFromJson, stringifyFlow } from '../../../lib/flows/flow-json.js';
import { MATCH_FLAGS, selectionPredicate, type FlowMatch } from '../../../lib/flows/match/match.js';
import { dnsRequest, DROP, flowOf, httpRequest, httpResponse, SERVER, WORLD } from './support/sample.js';

const headers = [{ key: 'X-Trace', value: 'a:1' }];
const http = httpResponse({ code: 404, url: 'http://a/page/12?x=1', headers });
const flow = flowOf();
const matches = (match: FlowMatch, of: Flow = flow) => selectionPredicate({ allow: match })(of);

describe('a filter', () => {
	const yes: [string, string, Flow?][] = [
		['pod', 'client'],
		['pod', 'cli'],
		['pod', 'default/client'],
		['pod', 'default/client-cil1'],
		['pod', 'default/'],
		['from-pod', 'client'],
		['to-pod', 'server'],
		['namespace', 'default'],
		['ip', '192.168.16.20'],
		['from-ip', '192.168.16.0/29'],
		['identity', '21927'],
		['to-identity', '21927'],
		['identity', 'world-ipv4', flowOf({ source: WORLD })],
		['label', 'app=client'],
		['label', 'k8s:app=client'],
		['label', 'app in (a, client)'],
		['label', 'app!=other'],
		['from-label', 'com.isovalent.v1alpha1.network.attachment,app=client'],
		['label', 'reserved:world-ipv4', flowOf({ destination: WORLD })],
		['port', '50406'],
		['to-port', '80'],
		['interface', 'cil1'],
		['interface', 'hdl2'],
		['network', 'jupiter'],
		['protocol', 'TCP'],
		['protocol', 'icmp', flowOf(DROP)],
		['protocol', 'http', http],
		['verdict', 'forwarded'],
		['type', 'trace'],
		['type', 'trace:to-endpoint'],
		['type', 'drop', flowOf(DROP)],
		['type', 'drop:POLICY_DENIED', flowOf(DROP)],
		['type', 'drop:133', flowOf(DROP)],
		['type', 'l7:response', http],
		['drop-reason-desc', 'policy_denied', flowOf(DROP)],
		['traffic-direction', 'ingress'],
		['http-status', '404', http],
		['http-status', '4+', http],
		['http-method', 'get', http],
		['http-path', '^/page/\\d+$', http],
		['http-url', '^http://a/.*x=1$', http],
		['http-header', 'x-trace:a:1', http],
		['type', 'l7', http],
		['verdict', 'error', httpRequest({}, { verdict: 'ERROR' })],
		['protocol', 'dns', dnsRequest()],
		['protocol', 'udp', dnsRequest()],
		['dns-query', 'example\\.com', dnsRequest()],
		['from-pod', 'server', http],
	];
	it.each<[string, string, Flow?]>(yes)('%s %s matches', (flag, value, of = flow) =>
		expect(matches({ [flag]: [value] }, of)).toBe(true),
	);

	const no: [string, string, Flow?][] = [
		['pod', 'lient'],
		['pod', 'other/client'],
		['pod', 'world', flowOf({ source: WORLD })],
		['from-pod', 'server'],
		['namespace', 'def'],
		['from-ip', '192.168.16.20'],
		['ip', '10.0.0.0/8'],
		['ip', '::/0'],
		['identity', '256'],
		['label', 'app=other'],
		['label', 'cni:app=client'],
		['to-label', '!app'],
		['from-port', '80'],
		['interface', 'eth1'],
		['network', 'default'],
		['protocol', 'udp'],
		['protocol', 'http'],
		['verdict', 'DROPPED'],
		['type', 'trace:from-endpoint'],
		['type', 'trace', flowOf(DROP)],
		['type', 'trace', http],
		['type', 'drop:TTL_EXCEEDED', flowOf(DROP)],
		['drop-reason-desc', 'POLICY_DENIED'],
		['traffic-direction', 'egress'],
		['http-status', '200', http],
		['http-status', '4+'],
		['http-path', '^/x', http],
		['http-url', '^/page', http],
		['http-url', '.', dnsRequest()],
		['http-header', 'x-trace:a', http],
		['http-status', '4+', httpRequest()],
		['dns-query', '^example', dnsRequest()],
		['dns-query', '.', http],
		['protocol', 'kafka', http],
		['type', 'l7', flow],
		['type', 'l7:request', http],
	];
	it.each<[string, string, Flow?]>(no)('%s %s does not', (flag, value, of = flow) =>
		expect(matches({ [flag]: [value] }, of)).toBe(false),
	);

	it('of one flag is any, of several flags all, of the same end', () => {
		expect(matches({ port: ['1', '80'] })).toBe(true);
		expect(matches({ port: ['80'], verdict: ['DROPPED'] })).toBe(false);
		expect(matches({ pod: ['client'], port: ['80'] })).toBe(false);
		expect(matches({ pod: ['client'], 'to-port': ['80'] })).toBe(true);
		expect(matches({ pod: ['server'], port: ['80'] })).toBe(true);
		expect(matches({})).toBe(true);
	});

	it('denies what matches all that is denied', () => {
		const drop = flowOf(DROP);
		const select = (deny: FlowMatch, of: Flow) => selectionPredicate({ allow: { pod: ['client'] }, deny })(of);
		expect(select({ verdict: ['DROPPED'] }, drop)).toBe(false);
		expect(select({ verdict: ['DROPPED'] }, flow)).toBe(true);
		expect(select({ verdict: ['DROPPED'], protocol: ['tcp'] }, drop)).toBe(true);
		expect(select({}, flowOf({ source: WORLD, destination: SERVER }))).toBe(false);
	});

	const wrong: readonly (readonly [string, string, RegExp])[] = [
		['pod', 'a/b/c', /^pod: found "a\/b\/c", expected a prefix/],
		['pod', '/b', /expected a prefix/],
		['from-ip', '10.0.0.0/33', /^from-ip: found "10\.0\.0\.0\/33", expected an address or a CIDR/],
		['identity', 'nobody', /^identity: found "nobody", expected a number, or one of host, world, .*kube-apiserver/],
		['to-label', 'a=b=c', /^to-label: found "a=b=c", expected a label/],
		['port', '65536', /expected a port from 0 to 65535/],
		['protocol', 'quic', /^protocol: found "quic", expected one of tcp, udp/],
		['verdict', 'LOST', /^verdict: found "LOST", expected one of FORWARDED, DROPPED/],
		['type', 'capture', /^type: found "capture", expected one of trace, drop/],
		['type', 'trace:to-moon', /^type: found "trace:to-moon", expected one of trace:to-endpoint/],
		['type', 'policy-verdict:x', /expected 'policy-verdict' alone/],
		['drop-reason-desc', 'BORED', /expected one of .*POLICY_DENIED/],
		['traffic-direction', 'up', /expected one of ingress, egress/],
		['http-status', '600', /expected a status/],
		['http-path', '(', /expected a regular expression/],
		['http-url', '(', /expected a regular expression/],
		['dns-query', '(', /expected a regular expression/],
		['http-header', 'x-trace', /^http-header: found "x-trace", expected a header/],
		['toString', 'x', /^filter: found "toString", expected one of pod, from-pod/],
	];
	it.each(wrong)('%s %s is refused', (flag, value, message) => {
		expect(() => matches({ [flag]: [value] })).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message: expect.stringMatching(message) as string }),
		);
	});

	it('is known by every flag of Hubble that is told of', () => {
		expect(MATCH_FLAGS).toEqual(expect.arrayContaining(['from-pod', 'to-identity', 'verdict', 'http-path', 'network']));
	});
});

it('a flow survives its JSON', () => {
	const end = {
		cause: 'idle',
		started: new Date(5),
		packets: 2n ** 60n,
		bytes: 1n,
		replyPackets: 0n,
		replyBytes: 3n,
	} as const;
	for (const one of [flow, flowOf(DROP), flowOf({ end }), http, dnsRequest()]) {
		expect(flowFromJson(JSON.parse(stringifyFlow(one)))).toEqual(one);
	}
});

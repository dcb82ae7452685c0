import protobuf from 'protobufjs';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileFilters } from '../../../lib/hubble/filters/compile.js';
import { createFilterTools } from '../../../lib/hubble/filters/tools.js';
import type { FlowMessage } from '../../../lib/hubble/messages/flow-message.js';
import type { FlowFilterMessage } from '../../../lib/hubble/messages/requests.js';
import { loadSchema } from '../../../lib/hubble/schema.js';

const schema = loadSchema({ protobuf });
const tools = createFilterTools({ RE2JS }, schema);
const type = schema.type('flow.FlowFilter');
const filterOf = (filter: object) =>
	type.toObject(type.fromObject(filter), { longs: Number, arrays: true, defaults: true }) as FlowFilterMessage;
const matches = (filter: object, flow: FlowMessage) =>
	compileFilters({ whitelist: [filterOf(filter)], blacklist: [] }, tools)!(flow);

const pod = (namespace: string, pod_name: string): FlowMessage => ({ source: { namespace, pod_name } });
const labels = (...list: string[]): FlowMessage => ({ source: { labels: list } });
const http = (more: object): FlowMessage => ({ l7: { http: more } });

describe('a filter', () => {
	it.each<[object, FlowMessage, FlowMessage]>([
		[{ source_ip: ['10.0.0.0/8'] }, { IP: { source: '10.9.9.9' } }, { IP: { source: '11.0.0.1' } }],
		[{ source_ip: ['10.0.0.9/8'] }, { IP: { source: '10.1.1.1' } }, { IP: { source: 'fd00::1' } }],
		[{ destination_ip: ['fd00::/64'] }, { IP: { destination: 'fd00::9' } }, { IP: { destination: 'fd00:0:0:1::9' } }],
		[{ destination_ip: ['FD00:0::1'] }, { IP: { destination: 'fd00::1' } }, {}],
		[{ source_ip_xlated: ['1.2.3.4'] }, { IP: { source_xlated: '1.2.3.4' } }, { IP: { source: '1.2.3.4' } }],
		[{ source_pod: ['web'] }, pod('default', 'web-0'), pod('shop', 'web-0')],
		[{ source_pod: ['shop/web'] }, pod('shop', 'web-0'), pod('shop', 'my-web')],
		[{ source_pod: ['shop/'] }, pod('shop', 'any'), pod('shopping', 'any')],
		[{ source_pod: ['/web'] }, pod('any', 'web-0'), {}],
		[{ source_pod: ['a/', 'b/'] }, pod('b', 'x'), pod('c', 'x')],
		[{ source_service: ['shop/web'] }, { source_service: { namespace: 'shop', name: 'web' } }, pod('shop', 'web')],
		[{ source_fqdn: ['*.Example.com.'] }, { source_names: ['a.b.example.com'] }, { source_names: ['example.com'] }],
		[{ destination_fqdn: ['a*c'] }, { destination_names: ['x', 'abc'] }, { destination_names: ['abcd'] }],
		[{ source_label: ['app=web'] }, labels('k8s:app=web'), labels('k8s:app=webs')],
		[{ source_label: ['k8s:app == web'] }, labels('k8s:app=web'), labels('cni:app=web')],
		[{ source_label: ['app in (a, b),!old'] }, labels('k8s:app=b'), labels('k8s:app=b', 'k8s:old')],
		[{ source_label: ['app notin (a)'] }, labels(), labels('k8s:app=a')],
		[{ source_label: ['app!=a'] }, labels('k8s:app=b'), labels('k8s:app=a')],
		[{ source_label: ['reserved:host'] }, labels('reserved:host'), labels('reserved:world')],
		[{ source_label: ['a=1', 'b=2'] }, labels('k8s:b=2'), labels('k8s:b=1')],
		[{ source_label: ['heddle:network=blue'] }, labels('heddle:network=blue'), labels('heddle:network=red')],
		[{ node_labels: ['zone=a'] }, { node_labels: ['k8s:zone=a'] }, {}],
		[{ source_workload: [{ name: 'web' }] }, { source: { workloads: [{ name: 'web' }] } }, { source: {} }],
		[
			{ destination_workload: [{ name: 'web', kind: 'Deployment' }] },
			{ destination: { workloads: [{ name: 'web', kind: 'Deployment' }] } },
			{ destination: { workloads: [{ name: 'web', kind: 'DaemonSet' }] } },
		],
		[{ node_name: ['node-*'] }, { node_name: 'Node-1' }, { node_name: 'east/node-1x/y' }],
		[{ node_name: ['east/'] }, { node_name: 'east/node-1' }, { node_name: 'node-1' }],
		[{ node_name: ['default/node-1'] }, { node_name: 'node-1' }, { node_name: 'node-2' }],
		[
			{ tcp_flags: [{ SYN: true, ACK: true }] },
			{ l4: { TCP: { flags: { SYN: true, ACK: true } } } },
			{ l4: { TCP: { flags: { SYN: true } } } },
		],
		[{ protocol: ['ICMP'] }, { l4: { ICMPv6: {} } }, { l4: { UDP: {} } }],
		[{ protocol: ['http'] }, http({}), { l4: { TCP: {} } }],
		[{ source_port: ['53'] }, { l4: { UDP: { source_port: 53 } } }, { l4: { UDP: { destination_port: 53 } } }],
		[{ reply: [true] }, { is_reply: { value: true } }, { is_reply: { value: false } }],
		[{ verdict: ['AUDIT'] }, { verdict: 4 }, { verdict: 1 }],
		[
			{ drop_reason_desc: ['POLICY_DENIED'] },
			{ verdict: 2, drop_reason_desc: 133 },
			{ verdict: 1, drop_reason_desc: 133 },
		],
		[{ drop_reason_desc: ['DROP_REASON_UNKNOWN'] }, { verdict: 2, drop_reason_desc: 0 }, { verdict: 1 }],
		[{ event_type: [{ type: 4 }] }, { event_type: { type: 4, sub_type: 9 } }, { event_type: { type: 1, sub_type: 0 } }],
		[
			{ event_type: [{ type: 4, match_sub_type: true }] },
			{ event_type: { type: 4, sub_type: 0 } },
			{ event_type: { type: 4, sub_type: 2 } },
		],
		[{ interface: [{ name: 'h1' }] }, { interface: { name: 'h1' } }, { interface: { name: 'h2' } }],
		[{ interface: [{ index: 7 }] }, { interface: { index: 7 } }, { interface: { name: 'h2' } }],
		[{ traffic_direction: ['EGRESS'] }, { traffic_direction: 2 }, { traffic_direction: 1 }],
		[{ encrypted: [false] }, { IP: {} }, { IP: { encrypted: true } }],
		[{ http_status_code: ['40+'] }, http({ code: 404 }), http({ code: 414 })],
		[{ http_status_code: ['200', '5+'] }, http({ code: 503 }), http({ code: 201 })],
		[{ http_method: ['get'] }, http({ method: 'GET' }), http({ method: 'POST' })],
		[{ http_path: ['^/a/\\d+$'] }, http({ url: 'http://host/a/12?x=/b' }), http({ url: 'http://host/b?x=/a/12' })],
		[{ http_url: ['(?i)HOST'] }, http({ url: 'http://host/' }), http({ url: '' })],
		[{ http_header: [{ key: 'a', value: 'b' }] }, http({ headers: [{ key: 'a', value: 'b' }] }), http({ headers: [] })],
		[
			{ http_method: ['GET'], event_type: [{ type: 129 }] },
			{ ...http({ method: 'GET' }), event_type: { type: 129, sub_type: 0 } },
			{},
		],
		[{ dns_query: ['kube.*local'] }, { l7: { dns: { query: 'kube.x.local' } } }, { l7: { dns: { query: 'x' } } }],
		[{ trace_id: ['1f'] }, { trace_context: { parent: { trace_id: '1f' } } }, {}],
		[
			{ source_identity: [7], protocol: ['tcp'] },
			{ source: { identity: 7 }, l4: { TCP: {} } },
			{ source: { identity: 7 } },
		],
	])('%j', (filter, yes, no) => {
		expect(matches(filter, yes)).toBe(true);
		expect(matches(filter, no)).toBe(false);
	});

	it.each<[object, string]>([
		[{ source_ip: ['10.0.0.0/33'] }, 'source_ip[0]'],
		[{ destination_ip: ['::1', 'host'] }, 'destination_ip[1]'],
		[{ source_pod: [''] }, 'source_pod[0]'],
		[{ destination_service: [''] }, 'destination_service[0]'],
		[{ source_label: ['app in (a'] }, 'source_label[0]'],
		[{ destination_label: ['a=b=c'] }, 'destination_label[0]'],
		[{ source_label: ['a=b,,c'] }, 'source_label[0]'],
		[{ node_labels: ['!'] }, 'node_labels[0]'],
		[{ source_fqdn: ['a b'] }, 'source_fqdn[0]'],
		[{ node_name: ['a/b/c'] }, 'node_name[0]'],
		[{ destination_cluster_name: [''] }, 'destination_cluster_name[0]'],
		[{ source_port: ['80', '65536'] }, 'source_port[1]'],
		[{ destination_port: ['http'] }, 'destination_port[0]'],
		[{ protocol: ['tcp', 'constructor'] }, 'protocol[1]'],
		[{ event_type: [{ type: 77 }] }, 'event_type[0].type'],
		[{ drop_reason_desc: [1] }, 'drop_reason_desc[0]'],
		[{ traffic_direction: [3] }, 'traffic_direction[0]'],
		[{ ip_version: [5] }, 'ip_version[0]'],
		[{ http_status_code: ['600'] }, 'http_status_code[0]'],
		[{ http_path: ['('] }, 'http_path[0]'],
		[{ http_url: ['(?=a)'] }, 'http_url[0]'],
		[{ dns_query: ['a'.repeat(5000)] }, 'dns_query[0]'],
		[{ http_method: ['GET'], event_type: [{ type: 4 }] }, 'event_type'],
		[{ experimental: { cel_expression: ['true'] } }, 'experimental.cel_expression'],
	])('%j is refused', (filter, field) => {
		const compile = () => compileFilters({ whitelist: [], blacklist: [filterOf({}), filterOf(filter)] }, tools);
		expect(compile).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field: `blacklist[1].${field}` }));
	});

	it('takes time linear to what it looks at', () => {
		const slow = filterOf({ http_url: ['(a+)+$'], node_name: [`${'*a'.repeat(30)}`] });
		const test = compileFilters({ whitelist: [slow], blacklist: [] }, tools)!;
		const began = performance.now();
		expect(test({ ...http({ url: `${'a'.repeat(5000)}b` }), node_name: 'a'.repeat(200) })).toBe(false);
		expect(performance.now() - began).toBeLessThan(2000);
	});

	it('is none where none is given, and everything where one is empty', () => {
		expect(compileFilters({ whitelist: [], blacklist: [] }, tools)).toBeUndefined();
		expect(matches({}, {})).toBe(true);
		expect(compileFilters({ whitelist: [], blacklist: [filterOf({})] }, tools)!({})).toBe(false);
	});
});

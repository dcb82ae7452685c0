import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { diffDocuments } from '../../../lib/explain/diff.js';
import { formatDiff } from '../../../lib/explain/format-diff.js';
import { nameOf } from '../../../lib/explain/names.js';
import { worldOf } from '../../../lib/rules/world.js';
import { podDocuments, policyDocument } from './support/world.js';

const PODS = podDocuments('client', 'web', 'other');
const allow = (from: string, ports: string) =>
	policyDocument(
		'web',
		`{ endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEndpoints: ${from}, toPorts: ${ports} }] }`,
	);
const CLIENT = '[{ matchLabels: { app: client } }]';
const TCP_80 = '[{ ports: [{ port: "80", protocol: TCP }] }]';
const SHUT = policyDocument('web', '{ endpointSelector: { matchLabels: { app: web } }, ingress: [{}] }');
/** Reserved identities are many, and say the same again and again. */
const DEFAULT = 'default/';

/** Of pods alone. */
function lines(a: string, b: string): string[] {
	const [before, after] = [parseDocuments(PODS, a), parseDocuments(PODS, b)];
	const identities = worldOf([...before, ...after.filter(({ kind }) => kind !== 'Pod')]).identities;
	const diff = diffDocuments(before, after, {
		identities: identities.filter((one) => nameOf(one).startsWith(DEFAULT)),
	});
	expect(diff.equal).toBe(diff.changes.length === 0);
	return formatDiff(diff, { nameOf: (one) => nameOf(one).slice(`${DEFAULT}app=`.length) })
		.split('\n')
		.slice(0, -1);
}

describe('between two versions', () => {
	test('nothing is told where they are equal, or mean the same', () => {
		expect(lines(SHUT, SHUT)).toEqual([]);
		const range = '[{ ports: [{ port: "80", endPort: 82, protocol: TCP }] }]';
		const three = '[{ ports: [{ port: "80", protocol: TCP }, { port: "81", endPort: 82, protocol: TCP }] }]';
		expect(lines(allow(CLIENT, range), allow(CLIENT, three))).toEqual([]);
	});

	test('access that comes is gained, access that goes is lost', () => {
		expect(lines(SHUT, allow(CLIENT, TCP_80))).toEqual(['+ client -> web  TCP 80  denied (ingress) -> allowed']);
		expect(lines(allow(CLIENT, TCP_80), SHUT)).toEqual(['- client -> web  TCP 80  allowed -> denied (ingress)']);
	});

	test('a first policy takes everything from everyone but what it allows', () => {
		const pods = '{client, other, web} -> web';
		expect(lines('', SHUT)).toEqual([`- ${pods}  any protocol  allowed -> denied (ingress)`]);
		expect(lines('', allow(CLIENT, TCP_80))).toEqual([
			'- client -> web  TCP 0-79, TCP 81-65535, any protocol except TCP  allowed -> denied (ingress)',
			'- {other, web} -> web  any protocol  allowed -> denied (ingress)',
		]);
	});

	test('neighbouring ports are one range, and peers that gain the same are one group', () => {
		const more =
			'[{ ports: [{ port: "80", endPort: 83, protocol: TCP }, { port: "84", protocol: TCP }, { port: "53", protocol: UDP }] }]';
		expect(lines(SHUT, allow('[{}]', more))).toEqual([
			'+ {client, other, web} -> web  TCP 80-84, UDP 53  denied (ingress) -> allowed',
		]);
	});

	test('a deny that narrows an allow loses its part alone', () => {
		const both = (deny: string) =>
			policyDocument(
				'web',
				`{ endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEndpoints: [{}] }], ingressDeny: ${deny} }`,
			);
		expect(lines(both('[]'), both(`[{ fromEndpoints: ${CLIENT}, icmps: [{ fields: [{ type: 8 }] }] }]`))).toEqual([
			'- client -> web  ICMP type 8  allowed -> denied (ingress)',
		]);
	});

	test('what is redirected, audited or asked something else has changed', () => {
		const http = (method: string) =>
			`[{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: ${method} }] } }]`;
		expect(lines(allow(CLIENT, TCP_80), allow(CLIENT, http('GET')))).toEqual([
			'~ client -> web  TCP 80  allowed -> redirected (ingress) by {"ingress":[{"http":[{"method":"GET"}]}]}',
		]);
		expect(lines(allow(CLIENT, http('GET')), allow(CLIENT, http('PUT')))).toHaveLength(1);
		const audited = SHUT.replace('name: web', 'name: web, annotations: { policy.heddle.io/audit-mode: "true" }');
		expect(lines('', audited)).toEqual(['~ {client, other, web} -> web  any protocol  allowed -> audited (ingress)']);
	});

	test('a side that opens makes no difference while the other stays shut', () => {
		const shutOut = policyDocument('client', '{ endpointSelector: { matchLabels: { app: client } }, egress: [{}] }');
		expect(lines(`${shutOut}---\n${SHUT}`, `${shutOut}---\n${allow(CLIENT, TCP_80)}`)).toEqual([]);
	});
});

test('a group of many is told by the first of them', () => {
	const pods = parseDocuments(podDocuments(...Array.from({ length: 20 }, (_, i) => `p${10 + i}`)));
	const shut = parseDocuments(
		policyDocument('shut', '{ endpointSelector: { matchLabels: { app: p10 } }, ingress: [{}] }'),
	);
	const identities = worldOf(pods).identities.filter((one) => nameOf(one).startsWith(DEFAULT));
	const diff = diffDocuments([], shut, { identities });
	expect(diff.changes[0]!.from).toHaveLength(20);
	expect(formatDiff(diff, { nameOf: ({ id }) => String(id) })).toMatch(
		/^- \{256, .*, 267, and 8 more\} -> 256 {2}any protocol/,
	);
});

test('200 pods and 100 policies are compared in little time', () => {
	const pods = parseDocuments(podDocuments(...Array.from({ length: 200 }, (_, i) => `p${i}`)));
	const policy = (i: number, port: number) =>
		policyDocument(
			`policy-${i}`,
			`{ endpointSelector: { matchLabels: { app: p${i} } }, ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: app, operator: In, values: [p${i + 1}, p${i + 2}, p${(i * 7) % 200}] }] }], toPorts: [{ ports: [{ port: "${port}" }] }] }] }`,
		);
	const version = (port: (i: number) => number) =>
		parseDocuments(...Array.from({ length: 100 }, (_, i) => policy(i, port(i))));
	const world = { identities: worldOf(pods).identities };
	const [before, after] = [version((i) => i + 1), version((i) => (i === 50 ? 1000 : i + 1))];
	const started = performance.now();
	const { changes } = diffDocuments(before, after, world);
	expect(performance.now() - started).toBeLessThan(5000);
	expect(changes.map(({ kind, from, ports }) => [kind, from.length, ports.length])).toEqual([
		['gained', 3, 3],
		['lost', 3, 3],
	]);
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { servePage } from '../../lib/ui/serve.js';
import { launch, NO_BROWSER, openPage } from '../unit/ui/browser.js';
import { builtForTests } from '../unit/ui/served.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';

const POLICY = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: server, namespace: default }
spec:
  endpointSelector: { matchLabels: { app: server } }
  ingress:
    - toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]
`;

/** Where the README's picture is to be written; usually nowhere. */
const SCREENSHOT = process.env['HEDDLE_UI_SCREENSHOT'];

let lab: Lab;
let browser: Browser;
let built: Awaited<ReturnType<typeof builtForTests>>;

describe.skipIf(NO_BROWSER !== '')(`the page of a datapath${NO_BROWSER}`, () => {
	beforeAll(async () => {
		lab = openLab();
		built = await builtForTests();
		browser = await launch();
	});
	afterAll(async () => {
		await browser.close();
		built.remove();
		await lab[Symbol.asyncDispose]();
	});

	it('shows real packets, allowed and denied, on two networks, and why', async () => {
		const datapath = await lab.datapath({ sweepIntervalMs: 0, flowHistory: 1000 });
		const [jupiter, saturn] = ['jupiter', 'saturn'].map((name) => datapath.networks.create(name));
		const [client, server, store, probe] = ['client', 'server', 'store', 'probe'].map((name) => lab.pod(name));
		const labels = (app: string) => ({ labels: { 'k8s:app': app, 'k8s:io.kubernetes.pod.namespace': 'default' } });
		await client!.join(jupiter!, ['10.4.0.2'], labels('client'));
		await server!.join(jupiter!, ['10.4.0.3'], labels('server'));
		await store!.join(saturn!, ['10.5.0.3'], labels('server'));
		await probe!.join(saturn!, ['10.5.0.2'], labels('probe'));
		datapath.policies.apply(POLICY);
		await using page = await servePage(datapath, { listen: '127.0.0.1:0' }, built.folder);
		const opened = await openPage(browser, page.address);
		await (await server!.sockets()).serveTcp(80, 4);
		expect(await (await client!.sockets()).connectTcp('10.4.0.3', 80)).toBe('10.4.0.2');
		expect(await client!.ping('10.4.0.3')).toBe(false);
		expect(await probe!.ping('10.5.0.3')).toBe(false);

		const line = (name: RegExp) => opened.page.getByRole('button', { name });
		await line(/^default\/client to default\/server: allowed/).waitFor();
		await line(/^default\/probe to default\/store: denied/).waitFor();
		if (SCREENSHOT !== undefined) {
			await opened.page.screenshot({ path: SCREENSHOT });
		}
		await line(/^default\/client to default\/server: denied/).press('Enter');
		const dialog = opened.page.getByRole('dialog');
		await dialog.getByText('CiliumNetworkPolicy default/server').first().waitFor();
		expect(await dialog.innerText()).toMatch(/Now: denied[^]*Ingress of the destination: denied/);
		await opened.page.keyboard.press('Escape');
		await opened.page.getByRole('tab', { name: 'Flows' }).click();
		await opened.page.locator('tr[data-verdict=DROPPED]', { hasText: 'jupiter' }).first().waitFor();
		expect(opened.complaints).toEqual([]);
		await opened.page.close();
	});
});

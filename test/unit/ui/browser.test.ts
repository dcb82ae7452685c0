import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { servePage } from '../../../lib/ui/serve.js';
import type { UiServer } from '../../../lib/ui/serve.js';
import { flow } from '../hubble/fake-source.js';
import { launch, NO_BROWSER, openPage } from './browser.js';
import { fakeUiSource } from './fake-source.js';
import type { FakeUiSource } from './fake-source.js';
import { builtForTests } from './served.js';

const denied = (i: number) =>
	flow(i, {
		verdict: 'DROPPED',
		eventType: 'drop',
		dropReason: { number: 133, name: 'POLICY_DENIED', text: 'Policy denied' },
		l4: { protocol: 'TCP', sourcePort: 40_000 + i, destinationPort: 81, flags: ['SYN'] },
	});

describe.skipIf(NO_BROWSER !== '')(`in a real browser${NO_BROWSER}`, () => {
	let built: Awaited<ReturnType<typeof builtForTests>>;
	let browser: Browser;
	let source: FakeUiSource;
	let server: UiServer;
	let page: Page;
	let complaints: string[];

	beforeAll(async () => {
		built = await builtForTests();
		browser = await launch();
	}, 60_000);
	afterAll(async () => {
		await browser.close();
		built.remove();
	});
	beforeEach(async () => {
		source = fakeUiSource([flow(0), denied(1)]);
		server = await servePage(source, { listen: '127.0.0.1:0' }, built.folder);
		({ page, complaints } = await openPage(browser, server.address));
	});
	afterEach(async () => {
		await page.close();
		await server.close();
		expect(complaints).toEqual([]);
	});

	const tab = (name: string) => page.getByRole('tab', { name });
	const rows = () => page.locator('table tbody tr');
	const showFlows = async () => {
		await tab('Flows').click();
		await rows().nth(1).waitFor();
	};

	it('draws who talks to whom, allowed and denied', async () => {
		const allowed = page.getByRole('button', { name: /^shop\/client to shop\/web: allowed, 0.1\/s, 1 in all/ });
		await allowed.waitFor();
		await page.getByRole('button', { name: /^shop\/client to shop\/web: denied/ }).waitFor();
		expect(await page.getByRole('heading', { name: 'blue' }).count()).toBe(1);
		const dashes = (verdict: string) =>
			page.evaluate<string>(`getComputedStyle(document.querySelector('.link .edge.${verdict}')).strokeDasharray`);
		expect([await dashes('allowed'), await dashes('denied')]).toEqual(['none', '7px, 5px']);
	});

	it('shows flows as they come, the newest first, and stands still while paused', async () => {
		await showFlows();
		source.told.push(denied(2));
		await rows().nth(2).waitFor();
		expect(await rows().first().innerText()).toMatch(/shop\/client.*\n?.*shop\/web[^]*Policy denied[^]*DROPPED/);
		await page.getByRole('button', { name: 'Pause' }).click();
		source.told.push(denied(3));
		await page.waitForTimeout(400);
		expect(await rows().count()).toBe(3);
		await page.getByRole('button', { name: 'Pause' }).click();
		await rows().nth(3).waitFor();
	});

	it('filters', async () => {
		await showFlows();
		await page.getByLabel('Verdict', { exact: true }).selectOption('DROPPED');
		await rows().nth(1).waitFor({ state: 'detached' });
		expect(await rows().innerText()).toContain('DROPPED');
		await page.getByLabel('Port', { exact: true }).fill('80');
		await page.getByText('No flows yet').waitFor();
		await page.getByRole('button', { name: 'Clear' }).click();
		await rows().nth(1).waitFor();
	});

	it('can be used by keyboard alone: a tab, a flow, why it is denied, and back', async () => {
		await tab('Map').focus();
		await page.keyboard.press('ArrowRight');
		expect(await page.locator(':focus').innerText()).toBe('Flows');
		await rows().nth(1).waitFor();
		const explain = rows().first().getByRole('button', { name: 'Explain shop/client to shop/web' });
		await explain.focus();
		await page.keyboard.press('Enter');
		const dialog = page.getByRole('dialog');
		await dialog.getByText('found TCP 81, expected TCP 80').waitFor();
		expect(await dialog.innerText()).toContain('policies.yaml line 9');
		expect(source.asked).toMatchObject([{ from: { name: 'client' }, to: { name: 'web' }, protocol: 'tcp', port: 81 }]);
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'detached' });
		expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Explain shop/client to shop/web');
	});

	it('explains a line of the map by keyboard', async () => {
		const line = page.getByRole('button', { name: /^shop\/client to shop\/web: denied/ });
		await line.focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').getByText('Ingress of the destination').waitFor();
	});

	it('lists endpoints and policies', async () => {
		await tab('Endpoints').click();
		await rows().nth(1).waitFor();
		expect(await rows().nth(1).innerText()).toMatch(/web[^]*shop\/web-0[^]*blue[^]*10\.0\.0\.2[^]*257[^]*ingress/);
		await tab('Policies').click();
		await page.getByText('CiliumNetworkPolicy shop/web').click();
		await page.getByText('endpointSelector').waitFor();
	});

	it('says when flows were lost, and when the server is gone', async () => {
		source.told.lose(7);
		await page.getByText('7 before').waitFor();
		await server.close();
		await page.getByText('connection lost').waitFor();
		// That it cannot be reached is what the browser complains of.
		complaints.length = 0;
	});

	it('is read at phone width without scrolling sideways', async () => {
		await page.setViewportSize({ width: 360, height: 640 });
		for (const name of ['Map', 'Flows', 'Endpoints', 'Policies']) {
			await tab(name).click();
			await page.waitForTimeout(150);
			expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, 360]);
		}
	});

	it('is dark where the system is', async () => {
		const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
		await page.emulateMedia({ colorScheme: 'light' });
		expect(await back()).toBe('rgb(255, 255, 255)');
		await page.emulateMedia({ colorScheme: 'dark' });
		expect(await back()).toBe('rgb(16, 21, 28)');
	});
});

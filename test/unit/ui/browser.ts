import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = process.env['HEDDLE_TEST_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));

/** Empty: there is one. */
export const NO_BROWSER =
	found === undefined
		? ` (skipped: found none of ${PLACES.join(', ')}; apt-get install chromium, or name one in HEDDLE_TEST_CHROMIUM)`
		: '';

export interface OpenedPage {
	readonly page: Page;
	/** What it complained of, and what it asked of others than the server. */
	readonly complaints: string[];
}

export function launch(): Promise<Browser> {
	// Tests run as root, where Chromium has no sandbox.
	return chromium.launch({ executablePath: found!, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export async function openPage(browser: Browser, address: string, options = {}): Promise<OpenedPage> {
	const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, ...options });
	// Before the test's own: then it tells what was waited for.
	page.setDefaultTimeout(10_000);
	const complaints: string[] = [];
	page.on('pageerror', ({ message }) => complaints.push(message));
	page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
	page.on('request', (request) => {
		if (!request.url().startsWith(`http://${address}/`)) {
			complaints.push(`asked ${request.url()}`);
		}
	});
	await page.goto(`http://${address}/`);
	return { page, complaints };
}

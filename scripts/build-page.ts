/** The web page of `heddle ui`, from lib/ui/page, as the package carries it: four files that need nothing else. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PAGE = fileURLToPath(new URL('../lib/ui/page', import.meta.url));

export async function buildPage(folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	await build({
		entryPoints: { app: join(PAGE, 'main.tsx') },
		outdir: folder,
		bundle: true,
		format: 'esm',
		platform: 'browser',
		target: 'es2022',
		minify: true,
		legalComments: 'eof',
		tsconfig: join(PAGE, 'tsconfig.json'),
		logLevel: 'warning',
	});
	for (const file of ['index.html', 'app.css', 'icon.svg']) {
		copyFileSync(join(PAGE, file), join(folder, file));
	}
}

import { defineConfig } from 'tsup';
import { buildPage } from './scripts/build-page.js';

export default defineConfig({
	entry: { index: 'lib/index.ts', cli: 'lib/cli/main.ts' },
	format: ['esm', 'cjs'],
	target: 'node20',
	platform: 'node',
	tsconfig: 'tsconfig.build.json',
	// The command line has no API.
	dts: { entry: { index: 'lib/index.ts' } },
	clean: true,
	sourcemap: true,
	// import.meta.url in CommonJS: the addon is looked for from the file's own place.
	shims: true,
	splitting: false,
	treeshake: false,
	onSuccess: () => buildPage('dist/ui'),
});

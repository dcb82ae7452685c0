import { defineConfig } from 'tsup';

export default defineConfig({
	entry: { index: 'lib/index.ts' },
	format: ['esm', 'cjs'],
	target: 'node20',
	platform: 'node',
	tsconfig: 'tsconfig.build.json',
	dts: true,
	clean: true,
	sourcemap: true,
	// import.meta.url in CommonJS: the addon is looked for from the file's own place.
	shims: true,
	splitting: false,
	treeshake: false,
});

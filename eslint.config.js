import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders that know no kernel: what they may not import. */
const pure = [
	'lib/addresses/**',
	'lib/rules/**',
	'lib/policy/**',
	'lib/proof/**',
	'lib/explain/**',
	'lib/documents/**',
	'lib/ipam/**',
	'lib/labels*',
	'lib/labels/**',
	'lib/abi/**',
];

const kernelImports = {
	regex: '^\\.{1,2}/(.*/)?(kernel|native|datapath)(/|\\.js$)',
	message: 'This folder is pure: it imports neither maps, nor the addon, nor the datapath.',
};

const addonImports = {
	regex: '(^node-gyp-build$|^bindings$|\\.node$)',
	message: 'Only lib/native loads the addon.',
};

const defaultExport = {
	selector: 'ExportDefaultDeclaration',
	message: 'No default exports.',
};

export default tseslint.config(
	{ ignores: ['**/node_modules/', 'dist/', 'build/', 'native/build*/', 'coverage/', 'prebuilds/'] },
	js.configs.recommended,
	...tseslint.configs.recommended,
	{
		files: ['**/*.ts', '**/*.tsx'],
		languageOptions: {
			parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'separate-type-imports', disallowTypeAnnotations: false, prefer: 'type-imports' },
			],
			'@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['test', 'it', 'describe'] }],
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
			],
			'@typescript-eslint/only-throw-error': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
			eqeqeq: 'error',
			'no-restricted-syntax': ['error', defaultExport],
			'no-console': 'off',
		},
	},
	{
		files: ['lib/**/*.ts'],
		ignores: ['lib/native/**'],
		rules: { 'no-restricted-imports': ['error', { patterns: [addonImports] }], 'no-console': 'error' },
	},
	{
		files: pure.map((folder) => (folder.endsWith('**') ? `${folder}/*.ts` : `${folder}.ts`)),
		rules: { 'no-restricted-imports': ['error', { patterns: [addonImports, kernelImports] }] },
	},
	{
		files: ['*.config.ts', 'native/addon.d.ts'],
		rules: {
			'no-restricted-syntax': 'off',
			'@typescript-eslint/no-namespace': 'off',
			'@typescript-eslint/no-misused-promises': 'off',
		},
	},
	{
		files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
		languageOptions: {
			globals: {
				__dirname: 'readonly',
				setInterval: 'readonly',
				setTimeout: 'readonly',
				clearTimeout: 'readonly',
				Buffer: 'readonly',
				URL: 'readonly',
				process: 'readonly',
				console: 'readonly',
				require: 'readonly',
				module: 'writable',
			},
		},
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
);

import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createReport, formatIssue, type DocumentIssue } from '../../documents/issue.js';
import { reading } from '../../documents/reading.js';
import { textOfStream } from '../../documents/stream.js';
import { readYaml } from '../../documents/yaml.js';
import { HeddleError } from '../../errors.js';
import { STANDARD_OUTPUT } from '../../export/options.js';
import { agentConfig, type AgentConfig, type HubbleConfig } from './agent-config.js';
import type { ExportConfig } from './records-config.js';

const LONGEST = 1 << 20;

type HubbleTlsFiles = NonNullable<HubbleConfig['tls']>;

/** @throws ERR_INVALID_CONFIG naming every wrong field by line, ERR_UNREADABLE */
export async function readAgentConfig(file: string): Promise<AgentConfig> {
	const text = await reading(file, textOfStream(createReadStream(file), LONGEST, file));
	return withPaths(parseAgentConfig(text, file), dirname(resolve(file)));
}

/** @throws ERR_INVALID_CONFIG */
export function parseAgentConfig(text: string, file: string): AgentConfig {
	const { documents, issues } = readYaml(text, file, { documents: 1, length: LONGEST });
	refuse(file, issues);
	const [found] = documents;
	// An empty file asks for nothing but what is usual.
	const report = createReport('configuration', found?.source ?? { file, index: 0, locate: () => undefined });
	const config = agentConfig(found?.value ?? {}, { path: [], report });
	refuse(file, report.issues);
	return config!;
}

function refuse(file: string, issues: readonly DocumentIssue[]): void {
	if (issues.length > 0) {
		const lines = issues.map(formatIssue).join('; ');
		throw new HeddleError('ERR_INVALID_CONFIG', lines, { field: 'config', found: file, issues });
	}
}

function withPaths(config: AgentConfig, folder: string): AgentConfig {
	const absolute = (['manifests', 'socket', 'state', 'pinPath'] as const).flatMap((field) => {
		const path = config[field];
		return path === undefined ? [] : [[field, resolve(folder, path)]];
	});
	const { hubble, history, export: exports } = config;
	return {
		...config,
		...Object.fromEntries(absolute),
		...(hubble?.tls === undefined ? {} : { hubble: { ...hubble, tls: withTlsPaths(hubble.tls, folder) } }),
		...(history === undefined ? {} : { history: { ...history, path: resolve(folder, history.path) } }),
		...(exports === undefined ? {} : { export: exports.map((one) => withFilePath(one, folder)) }),
	};
}

function withTlsPaths(tls: HubbleTlsFiles, folder: string): HubbleTlsFiles {
	const files = Object.entries(tls).map(([name, path]) => [name, resolve(folder, path)]);
	return { ...tls, ...Object.fromEntries(files) };
}

function withFilePath(config: ExportConfig, folder: string): ExportConfig {
	const { filePath } = config;
	return { ...config, filePath: filePath === STANDARD_OUTPUT ? filePath : resolve(folder, filePath) };
}

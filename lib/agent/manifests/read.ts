import { throwIssues, type DocumentIssue } from '../../documents/issue.js';
import { readPaths } from '../../documents/load.js';
import { documentName, type HeddleDocument } from '../../documents/document.js';

/** Documents of a folder, by name. */
export interface Manifests {
	readonly documents: ReadonlyMap<string, HeddleDocument>;
	readonly warnings: readonly DocumentIssue[];
}

/** Of the `.yaml`, `.yml` and `.json` files. @throws PolicyError with every issue, ERR_UNREADABLE */
export async function readManifests(folder: string): Promise<Manifests> {
	const { documents, issues, warnings } = await readPaths([folder]);
	throwIssues(issues);
	return { documents: new Map(documents.map((document) => [documentName(document), document])), warnings };
}

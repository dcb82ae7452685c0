import { stringify } from 'yaml';
import { parseDocuments } from '../../../../lib/documents/parse.js';
import type { ProofWorld } from '../../../../lib/proof/question.js';
import type { Scene } from './arbitrary-scene.js';

/** A scene as the evaluator is asked about it; its documents are read as text, as they come. */
export function sceneWorld({ documents, services, ipBlocks, direct, pods }: Scene): ProofWorld {
	return {
		documents: parseDocuments(documents.map((one) => stringify(one)).join('---\n')),
		services,
		ipBlocks,
		direct: (id) => (id === pods[0]!.id ? direct : []),
	};
}

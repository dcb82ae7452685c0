import type { HeddleDocument } from '../../../../lib/documents/document.js';
import { documentName, isPolicy } from '../../../../lib/documents/document.js';
import { createPolicyEngine } from '../../../../lib/policy/engine/engine.js';
import type { TableImage } from '../../../../lib/policy/image.js';
import { createPolicyTable } from '../../../../lib/policy/table.js';
import type { Reason } from '../../../../lib/proof/question.js';
import type { VerifySubject } from '../../../../lib/proof/subject-classes.js';
import { createOrigins } from '../../../../lib/rules/origins.js';
import { rulesOf } from '../../../../lib/rules/rules-of.js';
import type { Scene } from './arbitrary-scene.js';

export interface Compiled {
	readonly image: TableImage;
	readonly subjects: readonly VerifySubject[];
	rulesOf(cookie: number): readonly Reason[];
}

/** What the compiler makes of a scene. */
export function compileScene(scene: Scene, documents: readonly HeddleDocument[]): Compiled {
	const origins = createOrigins();
	const table = createPolicyTable();
	const engine = createPolicyEngine({ table, unionOf: origins.unionOf });
	const context = { origins, services: scene.services, ipBlocks: scene.ipBlocks };
	scene.identities.forEach((identity) => engine.putIdentity(identity));
	documents.filter(isPolicy).forEach((one) => engine.putPolicy(documentName(one), rulesOf(one, context)));
	const subjects = scene.subjects.map(({ id }) => engine.addSubject(id));
	scene.direct.forEach((row, i) => engine.putDirect(subjects[0]!, String(i), row));
	engine.flush()?.commit();
	return {
		image: table.image(),
		subjects: scene.subjects.map((identity, i) => ({ identity, set: subjects[i]!.set?.id ?? 0 })),
		rulesOf: (cookie) => origins.parts(cookie).map((part) => reasonOf(origins.get(part))),
	};
}

function reasonOf(origin: Reason | undefined): Reason {
	return { document: origin?.document ?? 'nothing', path: origin?.path ?? '' };
}

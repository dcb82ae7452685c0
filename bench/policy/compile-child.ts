/** Compiles all policies once in a process of its own, whose memory then says what that took. */
import { isPolicy } from '../../lib/documents/document.js';
import { parseDocuments } from '../../lib/documents/parse.js';
import { compileDocuments } from '../../lib/policy/compile-documents.js';
import { sizeOf } from '../../lib/policy/image.js';
import { createOrigins } from '../../lib/rules/origins.js';
import { full, identitiesOf, policyOf } from './sizes.js';

const documents = Array.from({ length: full.policies }, (_, i) => policyOf(i, full));
const identities = identitiesOf(full);
const beginRead = performance.now();
const parsed = parseDocuments(...documents).filter(isPolicy);
const beginCompile = performance.now();
const context = { origins: createOrigins(), services: [], ipBlocks: 'external' as const };
const { image, subjects } = compileDocuments(parsed, identities, context);
const end = performance.now();

process.send?.({
	readMs: beginCompile - beginRead,
	compileMs: end - beginCompile,
	peakMiB: process.resourceUsage().maxRSS / 1024,
	subjects: subjects.size,
	...sizeOf(image),
});

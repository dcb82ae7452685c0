// count-tests.cjs FILE STATUS: prints "PASSED FAILED" out of vitest's JSON report. A file that could not be read,
// and a failure that no test shows (a leak, an unhandled error), count as one failure.
'use strict';

const { readFileSync } = require('node:fs');

const [file, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const broken = report.testResults.filter(
	({ status: outcome, assertionResults }) =>
		outcome === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
const failed = report.numFailedTests + broken.length;
console.log(`${report.numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}`);

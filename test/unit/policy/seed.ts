/** To be imported by property tests: HEDDLE_SEED repeats the run whose seed fast-check told. */
import fc from 'fast-check';

const seed = process.env['HEDDLE_SEED'];
if (seed !== undefined) {
	fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

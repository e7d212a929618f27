import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { mergeBundles, readCrds } from '../../lib/schemas/crd';
import { validatorFor, type Validator } from '../../lib/schemas/validate';
import { crdFiles } from './clusters';

/** A validator of Flux's kinds; throws where ../shared/crds is absent. */
export function fluxValidator(): Validator {
  const read = crdFiles('Flux').map((file) => readCrds(basename(file), readFileSync(file, 'utf8')));
  const merged = mergeBundles(
    read.flatMap((one) => (one.ok ? [one.value] : [])),
    { file: 'crds' },
  );
  if (!merged.ok) throw new Error('the CRDs exclude each other');
  return validatorFor(merged.value);
}

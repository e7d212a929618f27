import { chartImageCodes } from './codes/chart-images';
import { changeCodes } from './codes/change';
import { adoptedCodes } from './codes/adopted';
import { checkCodes } from './codes/check';
import type { CodeInfo } from './codes/code';
import { driftCodes } from './codes/drift';
import { emitCodes } from './codes/emit';
import { inputCodes } from './codes/input';
import { inventoryLintCodes } from './codes/inventory-lint';
import { inventoryFileCodes } from './codes/inventory-file';
import { pinnedCodes } from './codes/pinned';
import { pinCodes } from './codes/pins';
import { placementCodes } from './codes/placement';
import { schemaCodes } from './codes/schemas';
import { secretSourceCodes, writtenSecretCodes } from './codes/secrets';
import { verifyCodes } from './codes/verify';
import { workloadCodes } from './codes/workloads';

const codes = {
  ...inputCodes,
  ...inventoryLintCodes,
  ...inventoryFileCodes,
  ...workloadCodes,
  ...checkCodes,
  ...adoptedCodes,
  ...placementCodes,
  ...verifyCodes,
  ...changeCodes,
  ...driftCodes,
  ...schemaCodes,
  ...secretSourceCodes,
  ...writtenSecretCodes,
  ...emitCodes,
  ...pinCodes,
  ...chartImageCodes,
  ...pinnedCodes,
};

/** A registered diagnostic code, such as `BAY2001`. The first digit names the stage. */
export type DiagnosticCode = keyof typeof codes;

/** Every code there is, with its explanation and an example: the one list. */
export const registry: Readonly<Record<DiagnosticCode, CodeInfo>> = codes;

/** True where `text` is a registered code; input is taken in upper case only. */
export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(registry, text);
}

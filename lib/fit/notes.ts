import type { Diagnostic } from '../diagnostics/diagnostic';
import { gangNotes } from './notes/gang';
import type { Noted } from './notes/note';
import { pinNotes } from './notes/pins';
import { rolloutNotes } from './notes/rollout';
import { startNotes } from './notes/starts';
import { untoldNotes } from './notes/untold';

/** Everything to be told about the workloads beside whether and where they fit; see docs/fit.md. */
export function notesOf(noted: Noted): Diagnostic[] {
  return [gangNotes, rolloutNotes, startNotes, pinNotes, untoldNotes].flatMap((notes) => notes(noted));
}

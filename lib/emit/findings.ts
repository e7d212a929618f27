import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';

/** What can go wrong in writing a tree or a file, as findings; `outdir` is the folder as the user named it. */

export function badPath(outdir: string, path: string): Diagnostic {
  return diagnostic('BAY5004', {
    message: `${JSON.stringify(path)} cannot stand in the output folder`,
    where: { file: outdir },
    help: 'a path is made of the names of cluster, graph and object: name them without slashes, dots alone or backslashes',
    data: { path },
  });
}

export function aroundWorkingFolder(outdir: string): Diagnostic {
  return diagnostic('BAY5002', {
    message: 'the output folder is the working folder or lies around it, and would be replaced as a whole',
    where: { file: outdir },
    help: 'name a folder of its own, such as dist',
  });
}

const shown = 5;

export function holdsForeign(outdir: string, foreign: readonly string[]): Diagnostic {
  const more = foreign.length > shown ? ` and ${foreign.length - shown} more` : '';
  return diagnostic('BAY5001', {
    message: 'the output folder holds what no compile wrote, and would be replaced as a whole',
    where: { file: outdir },
    notes: [`not a .yaml, .yml or .json file: ${foreign.slice(0, shown).join(', ')}${more}`],
    help: 'name another folder, or move these out of it',
    data: { foreign },
  });
}

export function notRemoved(outdir: string, prev: string, cause: unknown): Diagnostic {
  return diagnostic('BAY5005', {
    message: `the manifests of before could not be removed: they are in ${prev}`,
    where: { file: outdir },
    notes: [reason(cause)],
    help: 'remove that folder, or leave it to the next compile',
  });
}

/** A step failed, and so did its undoing: the next run will find these folders and put things right. */
export class Unfinished extends Error {
  constructor(
    override readonly cause: unknown,
    readonly left: readonly string[],
  ) {
    super(reason(cause));
  }
}

export function writeFailed(outdir: string, cause: unknown): Diagnostic {
  const left = cause instanceof Unfinished ? cause.left : [];
  const state =
    left.length === 0
      ? 'what it held before is unchanged'
      : `left behind: ${left.join(', ')}; the next compile restores what was there before`;
  return diagnostic('BAY5003', {
    message: 'the output folder could not be written',
    where: { file: outdir },
    notes: [reason(cause), state],
    help: wayOut(cause instanceof Unfinished ? cause.cause : cause),
  });
}

/** @param file as the user named it */
export function fileNotWritten(file: string, cause: unknown): Diagnostic {
  const code = codeOf(cause);
  return diagnostic('BAY5006', {
    message: `cannot write ${file}: ${typeof code === 'string' ? code : reason(cause)}`,
    where: { file },
    help: 'name a file in a folder that is there and writable',
  });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Ways out by the error code of the system call. */
function wayOut(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'make room on the disk: old and new output stand side by side for a moment';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'the folder around the output folder must be writable too: the new output is made there and then renamed';
    case 'EBUSY':
    case 'EXDEV':
      return 'a mount point cannot be renamed: mount a folder around the output folder instead';
    default:
      return 'see that nothing else writes there, and compile again';
  }
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes } from '../diagnostics/exit';
import { processIo } from './io';
import { bayplan } from './program';

// Whoever reads may stop early, as `head` does: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

bayplan(process.argv.slice(2), processIo(), version()).then(
  (code) => {
    // Not process.exit: output to a pipe may still be on its way.
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const text =
      process.env['BAYPLAN_DEBUG'] === '1' ? stack : `bayplan: internal error: ${message.split('\n')[0] ?? ''}`;
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCodes.internal;
  },
);

/** This module runs from lib/cli as well as from build/lib/cli. */
function version(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest) return manifest;
  }
  return 'unknown';
}

function readManifest(file: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined;
  } catch {
    return undefined;
  }
}

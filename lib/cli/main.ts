#!/usr/bin/env node
import { exitCodes } from '../diagnostics/exit';
import { version } from '../version';
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

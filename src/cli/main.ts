#!/usr/bin/env node
import { reasonOf } from '../node/index.ts';
import { runCommandLine, STATUS } from './program.ts';

// A reader such as `head` may close the pipe early, which is not an error. A full disk is an error of the caller.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(STATUS.done);
  process.stderr.write(`error[output-unwritable]: cannot write to standard output: ${reasonOf(error)}\n`);
  process.exit(STATUS.wrongInput);
});
process.stderr.on('error', () => {});
process.exitCode = await runCommandLine(process.argv.slice(2));

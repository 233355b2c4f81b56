#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCommandLine, STATUS } from './program.ts';

// Most commands end within a second, in which V8's optimising compiler takes more time than its code saves. Functions that are seven
// times as hot as its default are still compiled, so that long runs keep their speed. A V8 without this flag would complain about it.
if (Number.parseInt(process.versions.v8, 10) <= 13) setFlagsFromString('--interrupt-budget=1000000');

// A reader such as `head` may close the pipe early, which is not an error. A full disk is an error of the caller.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(STATUS.done);
  process.stderr.write(`error[output-unwritable]: cannot write to standard output: ${code}\n`);
  process.exit(STATUS.wrongInput);
});
process.stderr.on('error', () => {});
process.exitCode = await runCommandLine(process.argv.slice(2));

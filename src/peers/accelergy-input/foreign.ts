import { fail } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';

interface Foreign {
  /** A word that only this format has. */
  readonly mark: RegExp;
  readonly sentence: string;
}

/** Formats that look like Accelergy's but mean something else. */
const FOREIGN: readonly Foreign[] = [
  {
    mark: /(?<=[-[,\s])!(?:Memory|Compute|Toll|Fanout)\b/,
    sentence: 'this is an AccelForge file (!Memory, !Compute, !Toll), which Isotherm does not read',
  },
  {
    mark: /!ArrayContainer\b|\*(?:cim_\w+|component_defaults|container_defaults)\b|\bENCODED_(?:INPUT|WEIGHT|OUTPUT)_BITS\b/,
    sentence: 'this is a CiMLoop file, whose Python plug-ins estimate from data values; Isotherm does not read it',
  },
];

/** Refuses files of CiMLoop and AccelForge with one sentence instead of an error for each of their nodes. Error: `not-supported`. */
export function refuseForeign(source: SourceText): void {
  for (const { mark, sentence } of FOREIGN) {
    let at = 0;
    for (const line of source.text.split('\n')) {
      const found = mark.exec(line.split('#')[0]);
      if (found) {
        fail('not-supported', sentence, {
          span: spanOf(source, at + found.index, at + found.index + found[0].length),
          expected: 'a file of Accelergy 0.2 to 0.4 or of Timeloop 0.4',
        });
      }
      at += line.length + 1;
    }
  }
}

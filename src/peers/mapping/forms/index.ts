import { writeMaestroNetwork } from '../../../formats/maestro/index.ts';
import { rolesOf, type TimeloopInput, type TimeloopMapping } from '../../../formats/timeloop/index.ts';
import { arrayForm } from './array.ts';
import { maestroForm } from './maestro.ts';
import { zigzagForm } from './zigzag.ts';

/** A mapping in the languages of other tools, by file, and why it has no form in the others. */
export interface OtherForms {
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export function otherForms(input: TimeloopInput, mapping: TimeloopMapping): OtherForms {
  const roles = rolesOf(input.problem);
  if (typeof roles === 'string')
    return {
      files: {},
      notes: [`No form for MAESTRO, ZigZag and run: the problem is no product and no convolution, ${roles}`],
    };
  const maestro = maestroForm(input, roles, mapping);
  const zigzag = zigzagForm(input, roles, mapping);
  const array = arrayForm(input, roles, mapping);
  return {
    files: {
      ...(typeof maestro !== 'string' && { 'mapping.m': writeMaestroNetwork(maestro.network) }),
      ...(typeof zigzag === 'string' && { 'zigzag.yaml': zigzag }),
      ...(typeof array !== 'string' && { 'mapping.yaml': array.text }),
    },
    notes: [
      typeof maestro === 'string'
        ? `No form for MAESTRO: ${maestro}`
        : `mapping.m is this mapping for MAESTRO on ${maestro.pes} PEs, which charges by its own rules`,
      ...(typeof zigzag === 'string' ? [] : [`No form for ZigZag: ${zigzag.reason}`]),
      typeof array === 'string'
        ? `No form for run: ${array}`
        : `mapping.yaml is this mapping for run on ${array.rows} x ${array.columns} PEs under ${array.dataflow}`,
    ],
  };
}

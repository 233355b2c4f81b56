import { fail, mapCollecting } from '../../base/errors.ts';
import {
  type Component,
  fullName,
  Layers,
  numberOf,
  placed,
  type Rules,
  withRequired,
} from '../../energy/input/index.ts';
import {
  type Attribute,
  type Attributes,
  attributesOf,
  checkKeys,
  given,
  listUnder,
  mapOf,
  nameUnder,
} from '../../formats/accelergy/index.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';

/** Keys of a level by the names that estimators know; a `-` may stand for each `_`. */
const RENAMED: Readonly<Record<string, string>> = { num_ports: 'n_rw_ports', num_banks: 'n_banks' };
const LEVEL_KEYS = [
  'name',
  'technology',
  'class',
  'instances',
  'meshX',
  'meshY',
  'word_bits',
  'block_size',
  'cluster_size',
  'entries',
  'sizeKB',
  'size',
  'num_ports',
  'num_banks',
  'bandwidth',
  'read_bandwidth',
  'write_bandwidth',
  'width',
  'depth',
  'multiple_buffering',
  'min_utilization',
  'network_word_bits',
  'shared_bandwidth',
  'elastic',
  'network',
];

/**
 * Timeloop 0.1's `arch`, an arithmetic level and a list of storage levels, as flat components: a level of technology DRAM is a DRAM, another
 * one storage, the arithmetic a multiplier with an adder. Its files say nothing about the technology of the chip; a file of `variables` may.
 * Errors, of all levels together: `missing-key`, `wrong-type`, `unknown-key`, `duplicate-name`, `out-of-range` (instances below 1).
 */
export function lowerLevels(root: TaggedNode, variables: Attributes, rules: Rules): Map<string, Component> {
  const top = mapOf(root, 'arch');
  checkKeys(top, ['version', 'arithmetic', 'storage', 'network'], 'arch', rules);
  const found = new Map<string, Component>();
  const storage = listUnder(top, 'storage', 'arch').map((node) => [mapOf(node, 'a storage level'), 'storage'] as const);
  const arithmetic = childOf(top, 'arithmetic');
  const levels = [...storage, ...(arithmetic ? [[mapOf(arithmetic, 'the arithmetic'), 'mac'] as const] : [])];
  if (levels.length === 0) fail('missing-key', 'arch needs the key "storage" or "arithmetic"', { span: top.span });
  mapCollecting(levels, ([level, cls]) => {
    const component = componentOf(level, cls, variables, rules);
    if (found.has(fullName(component)))
      rules.slip({
        code: 'duplicate-name',
        message: `there is already a level "${component.name}"`,
        span: component.span,
      });
    found.set(fullName(component), component);
  });
  return found;
}

function componentOf(level: TaggedMap, kind: 'storage' | 'mac', variables: Attributes, rules: Rules): Component {
  const named = kind === 'storage' || level.entries.has('name');
  const name = named ? nameUnder(level, 'name', 'a storage level') : { value: 'MACs', span: level.span };
  const what = `level "${name.value}"`;
  checkKeys(level, [...LEVEL_KEYS, ...LEVEL_KEYS.map((key) => key.replaceAll('_', '-'))], what, rules);
  const written = new Map<string, Attribute>();
  for (const [key, attribute] of attributesOf(level)) {
    const own = key.replaceAll('-', '_');
    if (own !== 'name' && own !== 'class') written.set(RENAMED[own] ?? own, attribute);
  }
  const isDram = written.get('technology')?.value === 'DRAM';
  if (isDram) written.delete('technology');
  const instances = written.get('instances') ?? given(1, level.span);
  const count = numberOf(instances, new Layers(variables), rules);
  if (!Number.isInteger(count) || count < 1)
    fail('out-of-range', `"instances" of ${what} is ${count}`, {
      span: instances.span,
      expected: 'a whole number, 1 or more',
    });
  const attributes = new Map([...written, ['n_instances', given(count, instances.span)] as const]);
  const cls = childOf(level, 'class');
  const chosen = isDram ? 'DRAM' : cls ? nameUnder(level, 'class', what).value : kind;
  const all = withRequired(attributes, variables, level.span, rules, false, true);
  return {
    ...placed([`${name.value}[1..${count}]`]),
    class: chosen,
    classSpan: cls?.span ?? name.span,
    writtenClass: chosen,
    hasSubclass: false,
    attributes: all,
    givenAttributes: all,
    requiredActions: undefined,
    others: new Map(),
    span: name.span,
  };
}

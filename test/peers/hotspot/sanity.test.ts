import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/base/errors.ts';
import type { Files } from '../../../src/base/files.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { runHotspot } from '../../../src/peers/hotspot/program.ts';
import { codesOf } from '../../thermal/support.ts';

const FILES: Readonly<Record<string, string>> = {
  'a.flp': 'core 1e-3 1e-3 0 0\ncache 1e-3 1e-3 1e-3 0\n',
  'mild.ptrace': 'core cache\n1 1\n',
  'spike.ptrace': 'core cache\n1 1\n1e5 1\n1 1\n',
  'cold.ptrace': 'core cache\n-1e4 0\n-1e4 0\n',
  'own.flp': 'core 1e-3 1e-3 0 0\ncache 1e-3 1e-3 1e-3 0 4e6 0.005\n',
  'bad.init': 'core 300 x\n',
  'other.init': 'kore 300\n',
  'bad.package': '-fin_hight 1\n',
  'wide.flp': 'core 2e-2 2e-2 0 0\n',
  'wide.ptrace': 'core\n1\n',
  'thick.lcf': '0\nY\nY\n1.75e6\n0.01\n1.5e-2\nwide.flp\n1\nY\nN\n4e6\n0.25\n2e-2\nwide.flp\n',
  'one.lcf': '0\nY\nY\n1.75e6\n0.01\n1.5e-4\na.flp\n1\nY\nN\n4e6\n0.25\n2e-5\na.flp\n',
};
const files: Files = { read: (path) => FILES[path], list: () => [] };

function warningsOf(
  trace: string,
  options: readonly (readonly [string, string])[] = [],
  transient = true,
  compat = false,
) {
  const warnings: Diagnostic[] = [];
  const warn = (d: Diagnostic): void => void warnings.push(d);
  const tolerate = compat ? warn : undefined;
  const input = readHotspotInput(files, { floorplan: 'a.flp', trace, transient, options, warn, tolerate });
  runHotspot({ input, mode: compat ? 'hotspot' : 'physical', transient, warn });
  return warnings.map(({ message }) => message);
}

describe('temperatures that no chip survives', () => {
  test('none under mild power', () => {
    expect(warningsOf('mild.ptrace')).toEqual([]);
  });

  test('a spike: the first block and sample above the melting point of silicon, 1687 K, and how many more', () => {
    const [message, ...others] = warningsOf('spike.ptrace', [['-sampling_intvl', '0.01']]);
    expect(message).toMatch(
      /^core is at \d+ K at the end of sample 2, above the melting point of silicon, 1687 K; \d+ more/,
    );
    expect(others).toEqual([]);
  });

  test('below absolute zero, under negative power', () => {
    const [message] = warningsOf('cold.ptrace', [['-sampling_intvl', '1']], true, true).filter((m) =>
      m.includes('below'),
    );
    expect(message).toMatch(/^core is at -\d+(\.\d+)? K at the end of sample 1, below absolute zero/);
  });

  test.each(['ambient', 'thermal_threshold'])('-%s 45 is asked whether it is in Celsius', (key) => {
    const [message] = warningsOf('mild.ptrace', [[`-${key}`, '45']]);
    expect(message).toBe(`-${key} 45 is in kelvin, and colder than 200 K: is it meant in Celsius?`);
  });

  // The die has 2 x 1 mm.
  test.each([
    ['-t_chip', '0.15', '-t_chip is 150 mm, thicker than its side of 1 mm'],
    ['-t_interface', '0.0011', '-t_interface is 1.1 mm, thicker than its side of 1 mm'],
    ['-t_sink', '6.9', '-t_sink is 6900 mm, thicker than its side of 60 mm'],
    ['-t_chip', '0.00099', undefined],
    ['-t_sink', '0.06', undefined],
  ])('%s %s m: a layer thicker than wide is a slip of units', (option, value, message) => {
    expect(warningsOf('mild.ptrace', [[option, value]], false)[0]).toBe(message);
  });

  test('a layer of a wide die that is thicker than 10 mm, and how many more', () => {
    const options = [
      ['-model_type', 'grid'],
      ['-grid_layer_file', 'thick.lcf'],
    ] as const;
    const warnings: Diagnostic[] = [];
    const warn = (d: Diagnostic): void => void warnings.push(d);
    readHotspotInput(files, { trace: 'wide.ptrace', transient: false, options, warn });
    expect(warnings.map(({ message }) => message)).toEqual(['layer 0 is 15 mm, thicker than 10 mm; 1 more is like it']);
  });

  test('a floorplan beside a layer file, which HotSpot 6 asks for, is a warning', () => {
    const options = [
      ['-model_type', 'grid'],
      ['-grid_layer_file', 'one.lcf'],
    ] as const;
    expect(warningsOf('mild.ptrace', options, false)).toEqual(['-f has no effect: the layers name their floorplans']);
  });
});

describe('what is given is checked, even if it is not used', () => {
  test.each([
    ['-init_file', 'bad.init', ['column-count 1:1']],
    ['-init_file', 'other.init', ['unknown-name 1:1', 'name-missing 1:1']],
    ['-package_config_file', 'bad.package', ['unknown-key 1:1']],
  ])('%s %s without use', (option, file, codes) => {
    expect(codesOf(() => warningsOf('mild.ptrace', [[option, file]], false))).toEqual(codes);
    // HotSpot does not read it.
    expect(codesOf(() => warningsOf('mild.ptrace', [[option, file]], false, true))).toEqual([]);
  });

  // The configuration of HotSpot's example2 names a file that only its example1 has.
  test('an unused package configuration that is not there is worth a warning', () => {
    const [message] = warningsOf('mild.ptrace', [['-package_config_file', 'package.config']], false);
    expect(message).toBe('package.config is not there, and -package_model_used 0 would not use it');
  });
});

describe('columns 6 and 7 of a floorplan without -detailed_3D', () => {
  function warningsOfPlan(floorplan: string, compat: boolean): string[] {
    const warnings: string[] = [];
    const warn = ({ code, message, span }: Diagnostic): void => void warnings.push(`${code} ${span?.line} ${message}`);
    const tolerate = compat ? warn : undefined;
    readHotspotInput(files, { floorplan, trace: 'mild.ptrace', transient: false, options: [], warn, tolerate });
    return warnings;
  }

  test('they have no effect, as in HotSpot, and the default tells so once', () => {
    expect(warningsOfPlan('own.flp', false)).toEqual([
      'option-unused 2 specific heat and resistivity of cache have no effect',
    ]);
    expect(warningsOfPlan('own.flp', true)).toEqual([]);
    expect(warningsOfPlan('a.flp', false)).toEqual([]);
  });
});

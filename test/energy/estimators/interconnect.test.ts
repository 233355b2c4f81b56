import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../../src/energy/estimators/estimator.ts';
import { interconnectEstimator } from '../../../src/energy/estimators/interconnect.ts';

type Attributes = Readonly<Record<string, number | string>>;
const ask = (cls: string, action: string, attributes: Attributes) =>
  interconnectEstimator.estimateAction({
    class: cls,
    action,
    arguments: new Map(),
    attributes: new Map(Object.entries({ technology: '45nm', ...attributes })),
  });
const energy = (cls: string, action: string, attributes: Attributes): number => {
  const answer = ask(cls, action, attributes);
  if (isRefusal(answer)) throw new Error(answer.reason);
  return answer.energyJ;
};
const reason = (cls: string, action: string, attributes: Attributes): string => {
  const answer = ask(cls, action, attributes);
  return isRefusal(answer) ? answer.reason : '';
};

/** The wires of an H-tree drawn level by level: an H has a bar of half the side and two of half the side, then four H's of half the side. */
function drawnTreeUm(side: number, levels: number): number {
  return levels === 0 ? 0 : 1.5 * side + 4 * drawnTreeUm(side / 2, levels - 1);
}

describe('clock trees', () => {
  test.each([
    [1, 0],
    [4, 1],
    [16, 2],
    [1024, 5],
    [1000, 5],
  ])('of %i sinks have the wires of a drawn tree of %i levels, and the sinks', (sinks, levels) => {
    const farad = drawnTreeUm(2000, levels) * 1.627e-15 + sinks * 1.2e-15;
    expect(energy('clock_tree', 'tick', { side_um: 2000, n_sinks: sinks, sink_ff: 1.2 })).toBeCloseTo(farad, 20);
  });

  test('refuse what they do not know', () => {
    expect(reason('clock_tree', 'tick', { side_um: 2000, n_sinks: 4 })).toContain('sink_ff');
    expect(reason('clock_tree', 'tock', { side_um: 2000, n_sinks: 4, sink_ff: 1 })).toContain('tick');
    expect(reason('clock_tree', 'tick', { side_um: 2000, n_sinks: 0, sink_ff: 1 })).toContain('below 1');
    expect(reason('clock_tree', 'tick', { technology: '3nm', side_um: 1, n_sinks: 1, sink_ff: 1 })).toContain('3nm');
  });
});

describe('links', () => {
  test('move half of the bits of a word, or as many as the design says', () => {
    expect(energy('mesh_link', 'hop', { width: 64, length_um: 500 })).toBeCloseTo(64 * 0.5 * 500 * 1.627e-15, 22);
    expect(energy('mesh_link', 'hop', { width: 64, length_um: 500, toggle_rate: 1 })).toBeCloseTo(
      64 * 500 * 1.627e-15,
      22,
    );
    expect(reason('mesh_link', 'hop', { width: 64, length_um: 500, toggle_rate: 2 })).toContain('toggle_rate');
  });

  test('to all sinks are as long as the tree', () => {
    expect(energy('broadcast', 'send', { width: 8, side_um: 1000, n_sinks: 64, toggle_rate: 1 })).toBeCloseTo(
      8 * drawnTreeUm(1000, 3) * 1.627e-15,
      22,
    );
  });
});

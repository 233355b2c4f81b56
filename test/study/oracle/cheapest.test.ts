import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cheapestWay } from '../../../src/study/oracle/cheapest.ts';
import { type Dag, DagBuilder } from '../../../src/study/oracle/dag.ts';
import { lagrangeBound } from '../../../src/study/oracle/lagrange.ts';
import { lawOptions } from '../../tier.ts';

/** Slow and obviously right: every way from source to sink, as time and cost. */
function everyWay({ nodes, first, to, timeS, cost }: Dag): { timeS: number; cost: number }[] {
  const found: { timeS: number; cost: number }[] = [];
  const visit = (node: number, t: number, c: number): void => {
    if (node === nodes - 1) found.push({ timeS: t, cost: c });
    for (let a = first[node]; a < first[node + 1]; a++) visit(to[a], t + timeS[a], c + cost[a]);
  };
  visit(0, 0, 0);
  return found;
}

interface Arc {
  readonly from: number;
  readonly by: number;
  readonly timeS: number;
  readonly cost: number;
}

function graphOf(nodes: number, arcs: readonly Arc[]): Dag {
  const builder = new DagBuilder();
  // One way always exists.
  for (let n = 0; n + 1 < nodes; n++) builder.arc(n, n + 1, 3, 3);
  for (const { from, by, timeS, cost } of arcs) {
    const source = from % (nodes - 1);
    builder.arc(source, Math.min(nodes - 1, source + by), timeS, cost);
  }
  return builder.build(nodes).dag;
}

const arc = fc.record({
  from: fc.nat(20),
  by: fc.integer({ min: 1, max: 3 }),
  timeS: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 9, noNaN: true })),
  cost: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -9, max: 9, noNaN: true })),
});

describe('the cheapest way within a time limit', () => {
  test('is that of a search over all ways, and the bound is below it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.array(arc, { maxLength: 16 }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (nodes, arcs, limitS) => {
          const dag = graphOf(nodes, arcs);
          const all = everyWay(dag);
          const inTime = all.filter(({ timeS }) => timeS <= limitS * (1 + 1e-12));
          const bound = lagrangeBound(dag, limitS);
          if (inTime.length === 0) {
            expect(bound).toEqual({ kind: 'too tight', leastS: expect.closeTo(Math.min(...all.map((w) => w.timeS))) });
            return;
          }
          if (bound.kind === 'too tight') throw new Error('a way exists');
          const found = cheapestWay(dag, limitS, bound)!;
          const least = Math.min(...inTime.map(({ cost }) => cost));
          expect(found.cost).toBeCloseTo(least, 9);
          expect(found.timeS).toBeLessThanOrEqual(limitS * (1 + 1e-12) + 1e-12);
          expect(bound.lowerBound).toBeLessThanOrEqual(found.cost + 1e-9);
        },
      ),
      lawOptions(1000, 200),
    );
  });

  // Of 0.5 and 1.5 s of 2 s each: 3 s in all. By hand: the chords from (2 s, 4 J) to (4 s, 0 J) give 2 J at 3 s.
  test('has the bound of mixed ways', () => {
    const builder = new DagBuilder();
    builder.arc(0, 1, 2, 4);
    builder.arc(0, 1, 4, 0);
    const { dag } = builder.build(2);
    const bound = lagrangeBound(dag, 3);
    if (bound.kind === 'too tight') throw new Error('a way exists');
    expect(bound.lowerBound).toBe(2);
    expect(cheapestWay(dag, 3, bound)).toMatchObject({ cost: 4, timeS: 2 });
    expect(cheapestWay(dag, 3, bound, 2)).toBeNull();
    expect(lagrangeBound(dag, 1)).toEqual({ kind: 'too tight', leastS: 2 });
  });
});

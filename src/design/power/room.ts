import { type Diagnostic, InputError, inSourceOrder } from '../../base/errors.ts';
import type { ErtComponent } from '../../energy/index.ts';
import type { Floorplan } from '../../thermal/index.ts';
import type { AcceleratorSpec } from '../accelerator.ts';
import type { Place } from './placement.ts';

/** A component may take this much more than its blocks: rounded drawings, not other designs. */
const TOLERANCE = 0.05;

/** Components that share blocks, however many of them. */
interface Tenancy {
  readonly components: readonly number[];
  readonly blocks: ReadonlySet<number>;
}

/**
 * Checks that blocks are as large as the components in them, all instances together, but for 5 %: a design that has grown beyond its
 * floorplan would be far too hot. Error: `component-larger-than-block`, at the binding of the largest component in those blocks.
 */
export function checkRoom(
  { document }: AcceleratorSpec,
  components: readonly ErtComponent[],
  places: readonly Place[],
  { blocks }: Floorplan,
): void {
  const areaOf = (c: number): number => components[c].component.count * components[c].areaM2;
  const problems = tenancies(places).flatMap((tenancy): Diagnostic[] => {
    const needM2 = sum(tenancy.components.map(areaOf));
    const haveM2 = sum([...tenancy.blocks].map((u) => blocks[u].widthM * blocks[u].heightM));
    if (needM2 <= haveM2 * (1 + TOLERANCE)) return [];
    const largest = tenancy.components.reduce((most, c) => (areaOf(c) > areaOf(most) ? c : most));
    const names = tenancy.components.map((c) => `"${components[c].component.name}"`);
    const their = names.length > 1 ? 'components' : 'component';
    const room = [...tenancy.blocks].map((u) => blocks[u].name);
    const what = room.length > 1 ? `the ${room.length} blocks from ${room[0]} on have` : `block ${room[0]} has`;
    const takes = names.length > 1 ? 'take' : 'takes';
    return [
      {
        code: 'component-larger-than-block',
        message: `${their} ${names.join(', ')} ${takes} ${mm2(needM2)}, and ${what} ${mm2(haveM2)}`,
        span: document.keySpan(['bindings', components[largest].component.name]),
        expected:
          'a floorplan with room for it; "floorplan: auto" makes one from the areas: --set accelerator.thermal.floorplan=auto',
      },
    ];
  });
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
}

/** Components by the blocks they are in; those with a block in common are together. */
function tenancies(places: readonly Place[]): Tenancy[] {
  return places.reduce<Tenancy[]>((found, { blocks }, component) => {
    if (blocks.length === 0) return found;
    const shared = found.filter((other) => blocks.some((u) => other.blocks.has(u)));
    const joined = {
      components: [...shared.flatMap((other) => other.components), component],
      blocks: new Set([...shared.flatMap((other) => [...other.blocks]), ...blocks]),
    };
    return [...found.filter((other) => !shared.includes(other)), joined];
  }, []);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mm2(areaM2: number): string {
  return `${(areaM2 * 1e6).toPrecision(3)} mm2`;
}

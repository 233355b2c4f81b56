import { parseQuantity } from '../../base/units.ts';
import type { AcceleratorFile } from '../accelerator-schema.ts';

/** Costs of a state of a domain. */
export interface StateSpec {
  /** Time from the need of the domain until it can work, s. */
  readonly wakeS: number;
  /** Energy of waking, J. For unused PEs: of each PE that wakes. */
  readonly wakeJ: number;
  /** The part of the leakage that is left, 0 to 1; of DRAM: of its background power. */
  readonly leakage: number;
  /** The part of the energy of its waiting clock that is left, 0 to 1. */
  readonly clock: number;
  /** Whether the scratchpads of the domain lose their words. */
  readonly loses: boolean;
  /** Bytes that DRAM delivers on every waking because nothing else fetches them. */
  readonly reloadBytes: number;
  /** Where the figures come from; null if the file does not say. */
  readonly source: string | null;
}

export type DomainStatesSpec = Readonly<Partial<Record<'clock-gated' | 'retention' | 'off', StateSpec>>>;

interface StateFile {
  readonly wake_time?: string;
  readonly wake_energy?: string;
  readonly leakage?: number;
  readonly clock?: number;
  readonly reload?: string;
  readonly source?: string;
}

function stateSpec(file: StateFile, loses: boolean): StateSpec {
  return {
    wakeS: parseQuantity(file.wake_time ?? '0s', 'time'),
    wakeJ: parseQuantity(file.wake_energy ?? '0J', 'energy'),
    leakage: file.leakage ?? 1,
    clock: file.clock ?? 0,
    loses,
    reloadBytes: parseQuantity(file.reload ?? '0B', 'capacity'),
    source: file.source ?? null,
  };
}

export function statesSpec(file: NonNullable<AcceleratorFile['domains'][string]['states']>): DomainStatesSpec {
  const entries = Object.entries(file) as [string, StateFile][];
  return Object.fromEntries(entries.map(([state, one]) => [state, stateSpec(one, state === 'off')]));
}

export function unusedPesSpec({ array: { unused_pes } }: AcceleratorFile): StateSpec | null {
  return unused_pes ? stateSpec(unused_pes, true) : null;
}

/** The states of DRAM: what is left is of its background power. */
export function dramStates(file: NonNullable<AcceleratorFile['dram']['states']>): DomainStatesSpec {
  return Object.fromEntries(
    Object.entries(file).map(([state, { background, ...one }]) => [
      state,
      stateSpec({ ...one, leakage: background }, false),
    ]),
  );
}

/** The states whose figures have no source, as assumptions. */
export function stateAssumptions(file: AcceleratorFile): string[] {
  const named = [
    ...Object.entries(file.domains).flatMap(([name, { states }]) => unsourced(`domain "${name}"`, states ?? {})),
    ...unsourced('DRAM', file.dram.states ?? {}),
  ];
  const ofPes = file.array.unused_pes && file.array.unused_pes.source === undefined ? ['unused PEs'] : [];
  const all = [...named, ...ofPes];
  return all.length === 0 ? [] : [`the costs of states have no source: ${all.join(', ')}`];
}

function unsourced(what: string, states: Readonly<Record<string, { readonly source?: string }>>): string[] {
  return Object.entries(states).flatMap(([state, { source }]) => (source === undefined ? [`${state} of ${what}`] : []));
}

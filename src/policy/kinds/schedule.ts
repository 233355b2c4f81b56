import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { OneOf } from '../../base/schema.ts';
import { Idle } from '../candidates.ts';
import { Clocks, domainNamed, pointsAtClocks } from '../clocks.ts';
import type { PointByDomain, PolicyDomain, PolicyKind, RunnablePolicy, SpanOfParameter } from '../policy.ts';
import { held } from '../ranges.ts';
import { DOMAIN_STATES, type DomainState, idleStateOf, type RestStates, statesOf } from '../states/states.ts';

const CLOCKS = 'One clock for every domain, or a mapping of domains to clocks';

const Parameters = Type.Object(
  {
    layers: Type.Optional(
      Type.Array(
        Type.Object(
          { layer: Type.Integer({ minimum: 0, description: 'Counted from 0' }), frequency: Clocks(CLOCKS) },
          { additionalProperties: false },
        ),
        { minItems: 1, description: 'Layers at which the clocks change, in order; each holds until the next' },
      ),
    ),
    rest: Type.Optional(Clocks(`${CLOCKS}, while no inference runs; those of the last layer by default`)),
    idle: Type.Optional(
      Type.Union([Idle, Type.Record(Type.String(), OneOf(DOMAIN_STATES, 'State of the domain'))], {
        description: 'State of all domains without work, or a mapping of domains to states',
      }),
    ),
    barrier: Type.Optional(OneOf(DOMAIN_STATES, 'State of an array that waits for the others')),
    unused_pes: Type.Optional(OneOf(['on', 'off'], 'Rows and columns of PEs that a layer does not use')),
  },
  { additionalProperties: false },
);

interface Checked {
  /** In ascending order of the layers. */
  readonly steps: readonly { readonly layer: number; readonly points: PointByDomain }[];
  readonly rest: PointByDomain | null;
  readonly states: Readonly<Record<string, RestStates>>;
}

/** The states of each domain. Errors: `unknown-name` for a domain, or for a state that the domain does not have. */
function statesOfAll(
  { idle = 'clocked', barrier, unused_pes }: Static<typeof Parameters>,
  domains: readonly PolicyDomain[],
  span: SpanOfParameter,
): Record<string, RestStates> {
  const own: Readonly<Record<string, DomainState>> = typeof idle === 'string' ? {} : idle;
  for (const [name, state] of Object.entries(own)) {
    const has = statesOf(domainNamed(name, domains, span('idle', name)));
    if (has.includes(state)) continue;
    fail('unknown-name', `domain "${name}" has no state "${state}"`, {
      span: span('idle', name),
      expected: `one of ${has.join(', ')}`,
    });
  }
  const idleOf = (domain: PolicyDomain): DomainState =>
    typeof idle === 'string' ? idleStateOf(domain, idle) : Object.hasOwn(own, domain.name) ? own[domain.name] : 'on';
  return Object.fromEntries(
    domains.map((domain): [string, RestStates] => [
      domain.name,
      {
        idle: idleOf(domain),
        ...(barrier && { barrier: idleStateOf(domain, barrier) }),
        ...(unused_pes && { unusedPes: domain.unusedPes ? unused_pes : 'on' }),
      },
    ]),
  );
}

/** Points by layer, the same in every inference: what the oracle of a comparison found, or a compiler. */
export const schedule: PolicyKind<Checked> = {
  id: 'schedule',
  description: 'clocks by layer, written down before the run, as by the oracle of `compare`',
  role: 'choice',
  parameters: Parameters,
  check(parameters, { domains }, span) {
    const { layers = [], rest, ...states } = parameters as Static<typeof Parameters>;
    const nominal = Object.fromEntries(domains.map((domain) => [domain.name, domain.nominal]));
    const steps = [{ layer: 0, points: nominal as PointByDomain }];
    for (const { layer, frequency } of layers) {
      const last = steps[steps.length - 1];
      if (layer < last.layer || (layer === last.layer && steps.length > 1)) {
        fail('out-of-range', `layer ${layer} comes after layer ${last.layer}`, {
          span: span('layers'),
          expected: 'ascending layers',
        });
      }
      // A domain that is not named keeps its point.
      const points = pointsAtClocks(frequency, 'layers', domains, span, ({ name }) => last.points[name]);
      if (layer === 0) steps.length = 0;
      steps.push({ layer, points });
    }
    const end = steps[steps.length - 1].points;
    const resting = rest === undefined ? null : pointsAtClocks(rest, 'rest', domains, span, ({ name }) => end[name]);
    return { steps, rest: resting, states: statesOfAll(states, domains, span) };
  },
  create({ steps, rest, states }, { domains, work }): RunnablePolicy<null> {
    const last = steps[steps.length - 1].layer;
    if (last >= work.layers.length) {
      fail('out-of-range', `the schedule has a layer ${last}, and the network has ${work.layers.length}`, {
        expected: `layers from 0 to ${work.layers.length - 1}`,
      });
    }
    const decided = (points: PointByDomain, reason: string) => ({
      ranges: held(domains, points),
      state: null,
      reason,
      states,
    });
    const decisions = steps.map(({ layer, points }) => decided(points, `from layer ${work.layers[layer].name} on`));
    const resting = rest && decided(rest, 'no inference runs');
    return {
      initial: null,
      triggers: ['start', 'layer', 'end'],
      decide({ inference, queued, points }) {
        if (inference === null) {
          return queued === 0 && resting ? resting : decided(points, 'no inference runs: unchanged');
        }
        return decisions[steps.findLastIndex(({ layer }) => layer <= inference.layer)];
      },
    };
  },
};

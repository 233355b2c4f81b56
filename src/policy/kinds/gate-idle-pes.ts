import { type Static, Type } from '@sinclair/typebox';
import { OneOf } from '../../base/schema.ts';
import type { PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { topOf } from '../ranges.ts';
import { costsOf, DOMAIN_STATES, type DomainState, idleStateOf, type RestStates } from '../states/states.ts';
import { milliseconds } from '../text.ts';

const Parameters = Type.Object(
  {
    idle: Type.Optional(
      OneOf(
        ['auto', ...DOMAIN_STATES],
        'State of all domains without work. auto: the one of least energy for the time between two inferences that still meets the deadline',
      ),
    ),
    barrier: Type.Optional(OneOf(DOMAIN_STATES, 'State of an array that waits for the others')),
    unused_pes: Type.Optional(OneOf(['on', 'off'], 'Rows and columns of PEs that a layer does not use')),
  },
  { additionalProperties: false },
);

/** The temperature at which leakage is compared, K: 60 C. */
const TEMPERATURE_K = 333.15;

/** Switches off what has nothing to do (ReGate, arXiv 2508.02536). It leaves the operating points to the policies below. */
export const gateIdlePes: PolicyKind<Static<typeof Parameters>> = {
  id: 'gate-idle-pes',
  description: 'switches off idle PEs, waiting arrays and idle domains; the policies below choose the clocks',
  role: 'cap',
  parameters: Parameters,
  check: (parameters) => parameters as Static<typeof Parameters>,
  create({ idle = 'auto', barrier = 'clock-gated', unused_pes = 'off' }, context): RunnablePolicy<null> {
    const { domains } = context;
    const chosen = idle === 'auto' ? thriftiest(context) : { state: idle, why: idle };
    const states = Object.fromEntries(
      domains.map((domain): [string, RestStates] => [
        domain.name,
        {
          idle: idleStateOf(domain, chosen.state),
          barrier: idleStateOf(domain, barrier),
          unusedPes: unused_pes === 'off' && domain.unusedPes ? 'off' : 'on',
        },
      ]),
    );
    const decision = { ranges: {}, states, state: null, reason: chosen.why };
    return { initial: null, decide: () => decision };
  },
};

/** The state of least energy between two inferences at the highest points. Without a period there is no time to sleep through. */
function thriftiest({ domains, work, periodS, deadlineS }: PolicyContext): { state: DomainState; why: string } {
  if (periodS == null) return { state: 'clock-gated', why: 'no period: clocks stand without work' };
  const points: PointByDomain = Object.fromEntries(domains.map((domain) => [domain.name, topOf(domain)]));
  const idleS = Math.max(0, periodS - work.inferenceS(points));
  const slackS = Math.min(periodS, deadlineS ?? periodS) - work.inferenceS(points);
  const onW = work.idleW(points, TEMPERATURE_K, 'on');
  let best = { state: 'on' as DomainState, energyJ: onW * idleS };
  for (const state of DOMAIN_STATES) {
    if (domains.every((domain) => costsOf(domain, state) === undefined)) continue;
    const { wakeS, wakeJ } = work.wake(state);
    if (wakeS > slackS) continue;
    const energyJ = wakeJ + (work.idleW(points, TEMPERATURE_K, state) - onW) * Math.max(0, idleS - wakeS) + onW * idleS;
    if (energyJ < best.energyJ) best = { state, energyJ };
  }
  return { state: best.state, why: `least energy for ${milliseconds(idleS)} without work: ${best.state}` };
}

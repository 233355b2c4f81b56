// For decisions.js, which imports this file several times: V8 optimises a function for the views that it has seen, and a policy sees those
// of one kind.

/** Policies as one would write them in a module: `decide` of a view, a state and the context. */
export const POLICIES = {
  'highest points': {
    role: 'choice',
    init: () => null,
    decide: (_, state, { domains }) => ({
      ranges: Object.fromEntries(domains.map(({ name, points }) => [name, [points.length - 1, points.length - 1]])),
      state,
      reason: 'highest point',
    }),
  },
  'steps by temperature': {
    role: 'cap',
    init: () => ({ cooling: 0, lastK: null }),
    decide(view, state, { domains, limitK }) {
      let { cooling, lastK } = state;
      const ranges = (n) =>
        Object.fromEntries(domains.map(({ name, points }) => [name, [0, Math.max(0, points.length - 1 - n)]]));
      if (!view.triggers.has('epoch')) return { ranges: ranges(cooling), state, reason: 'unchanged' };
      let hottestK = 0;
      for (const kelvin of view.temperatureK) hottestK = Math.max(hottestK, kelvin);
      if (hottestK >= limitK) cooling += lastK === null || hottestK > lastK ? 1 : 0;
      else if (lastK !== null && hottestK < lastK) cooling = Math.max(0, cooling - 1);
      const steps = Math.min(cooling, 6);
      return { ranges: ranges(steps), state: { cooling: steps, lastK: hottestK }, reason: 'step' };
    },
  },
  'lowest clock in time': {
    role: 'deadline',
    triggers: ['start', 'layer'],
    init: () => null,
    decide({ timeS, inference }, state, { domains }) {
      const top = domains[0].points.length - 1;
      let point = inference === null ? top : 0;
      if (inference !== null) {
        const at = (p) => Object.fromEntries(domains.map((d) => [d.name, Math.min(p, d.points.length - 1)]));
        while (point < top && timeS + inference.remainingS(at(point)) > inference.deadlineS) point++;
      }
      const ranges = Object.fromEntries(
        domains.map(({ name, points }) => [name, [Math.min(point, points.length - 1), points.length - 1]]),
      );
      return { ranges, state, reason: 'in time' };
    },
  },
};

/** A policy as a module's default export. */
export function definitionOf(name) {
  const { role, triggers = [], init, decide } = POLICIES[name];
  return { name: 'mine', role, triggers, init, decide: (view, state) => decide(view, state, view.context) };
}

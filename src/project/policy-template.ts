/** A policy of one's own to start from. It is JavaScript as well as TypeScript. */
export function policyTemplate(name: string, file: string): string {
  return TEMPLATE.replaceAll('FILE', file).replace('NAME', name);
}

const TEMPLATE = `// A policy of your own: it slows down while the die is too hot, and otherwise runs as slowly as the deadline allows.
//
//   isotherm policy test FILE                          checks it
//   isotherm run quickstart-hp --policy ./FILE         runs it
//
// The same text is JavaScript and TypeScript. 'isotherm' is the program that runs the file; an editor finds its types if the package is
// installed beside it (npm install isotherm).
import { definePolicy } from 'isotherm';

export default definePolicy({
  name: 'NAME',

  // An experiment may set these: policy: { name: ./FILE, trip: 80C }. Quantities have a unit there; here they are in SI, so kelvin.
  params: {
    trip: { type: 'temperature', default: '83C' },
    guard: { type: 'number', default: 0.02, minimum: 0, maximum: 0.5 },
  },

  // Besides every epoch, decide also when an inference or a layer starts.
  triggers: ['start', 'layer'],

  // All that the policy remembers. Plain data: what is not in the state does not exist.
  init: () => ({ cooling: 0 }),

  // Called again and again; the same view and state must give the same decision.
  decide(view, state) {
    const { domains, params, deadlineS } = view.context;

    // One point down at every epoch above the trip, one up below it.
    const isTick = view.triggers.has('epoch');
    const hottestK = Math.max(...view.temperatureK);
    const step = !isTick ? 0 : hottestK >= params.trip ? 1 : -1;
    const most = Math.max(...domains.map(({ points }) => points.length)) - 1;
    const cooling = Math.min(most, Math.max(0, state.cooling + step));

    // The slowest setting at which the running inference still ends in time; the fastest without one.
    const { inference } = view;
    const settingAt = (part = 1) =>
      Object.fromEntries(domains.map(({ name, points }) => [name, Math.round(part * (points.length - 1))]));
    let share = 1;
    if (inference !== null && deadlineS !== null && view.queued === 0) {
      const leftS = inference.releaseS + (1 - params.guard) * deadlineS - view.timeS;
      share = 0;
      while (share < 1 && inference.remainingS(settingAt(share)) > leftS) share = Math.min(1, share + 1 / most);
    }

    // A range of points by domain, [lowest, highest], as indices into its points, slowest first.
    const ranges = Object.fromEntries(
      domains.map(({ name, points }) => {
        const top = points.length - 1;
        const point = Math.min(Math.round(share * top), Math.max(0, top - cooling));
        return [name, [point, point]];
      }),
    );
    return { ranges, state: cooling === state.cooling ? state : { cooling }, reason: \`cooling \${cooling}\` };
  },
});
`;

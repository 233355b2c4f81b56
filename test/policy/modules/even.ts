import { definePolicy } from '../../../src/index.ts';

/** A cap of power that the heat of the last epochs moves, by floating-point arithmetic with powers and exponentials. */
export default definePolicy({
  name: 'even',
  role: 'cap',
  predicts: true,
  init: () => ({ meanK: 0 }),
  decide(view, { meanK }) {
    const nowK = view.temperatureK.reduce((sum, kelvin) => sum + kelvin, 0) / view.temperatureK.length;
    const next = meanK === 0 ? nowK : meanK + 0.1 * (nowK - meanK);
    const leakingW = view.leakageW.reduce((sum, watts) => sum + watts, 0);
    const capW = 0.8 + leakingW + 0.3 * Math.exp(-((next - 320) ** 2) / 50) + Math.tanh(next / 400) / 10;
    return { ranges: {}, state: { meanK: next }, capW, reason: `cap ${capW}` };
  },
});

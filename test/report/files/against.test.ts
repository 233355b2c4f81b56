import { expect, test } from 'vitest';
import { againstTexts } from '../../../src/report/files/index.ts';

// 0.81 / 1 - 1 = -19 %; 0.81 / 0.78 - 1 = 3.85 %; 0.81 / 0.81004 - 1 = -0.005 %, which rounds to nothing.
test('energies of other policies as parts of a sentence', () => {
  const others = [
    { policy: 'race-to-idle', energyJ: 1, misses: 0 },
    { policy: 'powersave', energyJ: 0.6, misses: 1200 },
    { policy: 'twin', energyJ: 0.81004, misses: null },
    { policy: 'schedule', energyJ: null, misses: null, reason: 'missing-key: no layers' },
  ];
  expect(againstTexts({ energyJ: 0.81, others, oracleJ: 0.78 })).toEqual([
    '19.0 % less energy than race-to-idle',
    '35.0 % more energy than powersave, which misses 1,200 deadlines',
    'the energy of twin',
    'schedule cannot run here (missing-key: no layers)',
    '3.8 % above the oracle',
  ]);
  expect(againstTexts({ energyJ: 1, others: [], oracleJ: null })).toEqual([]);
});

import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import * as node from '../../src/node.ts';

// Adding a name is a decision (keep it for good), removing one a breaking change: update with `npx vitest run test/layout -u`.
test('isotherm exports', () => {
  expect(Object.keys(library).sort()).toMatchSnapshot();
});

test('isotherm/node exports', () => {
  expect(Object.keys(node).sort()).toMatchSnapshot();
});

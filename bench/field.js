// node bench/field.js SIDE: one steady field of SIDE x SIDE cells a plane; prints the peak memory of the process in bytes.

import { fileURLToPath } from 'node:url';
import { cosineCg, nodeSources } from '../dist/thermal/index.js';
import { acc21 } from './dies.js';

/** Network and sources are made already; a run makes the solver and solves. */
export function steadyField(side) {
  const { network, map, powerW } = acc21(side);
  const source = nodeSources(network, map, powerW);
  return () => {
    const rise = new Float64Array(network.nodes);
    cosineCg(network).solve(source, rise);
    return rise;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const side = Number(process.argv[2]);
  if (side > 0) steadyField(side)();
  console.log(process.resourceUsage().maxRSS * 1024);
}

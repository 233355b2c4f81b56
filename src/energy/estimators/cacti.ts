import { mapCollecting } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { answerOf, cycleAttribute, nodeOf, refuse, refuseTechnology, wholeAttribute } from './attributes.ts';
import { type CactiRun, type Figures, figuresAt, interpolated, readCactiRuns } from './cacti-runs.ts';
import type { ActionQuery, Estimate, Estimator, Query, Spread } from './estimator.ts';
import type { NodeScaling } from './node-scaling.ts';

export { type CactiRun, readCactiRuns } from './cacti-runs.ts';

/** Whether the slips of the plug-in are corrected, or those of the plug-in of one version are repeated. */
export type CactiManner = 'corrected' | 'accelergy-0.4' | 'accelergy-0.3';

/** A memory as the plug-in asks CACTI for it. */
interface Memory {
  readonly node: number;
  readonly width: number;
  readonly depth: number;
  readonly banks: number;
  readonly ports: number;
}

interface Answer extends Figures {
  readonly memory: Memory;
  readonly assumptions: readonly string[];
  /** Below the finest node: how far the sources of scaling lie apart. */
  readonly spreads?: Spreads | undefined;
}

type Spreads = Readonly<Record<'dynamic' | 'leakage' | 'area', Spread>>;

const SOURCE = 'CACTI 7.0.3 (1ffd8df), itrs-lstp cells, 300 K, settings of the Accelergy CACTI plug-in 291018b';

/** Supply of itrs-lstp cells in CACTI's technology files, V. */
const SUPPLY_V: Readonly<Record<number, number>> = { 22: 0.8, 32: 1, 45: 1.1, 65: 1.2, 90: 1.3 };

/**
 * SRAM from CACTI runs, with the rules of the Accelergy plug-in 291018b for shapes that CACTI does not take: the width is
 * rounded up to whole bytes and 32 bit, the depth to 64 words a bank, banks to a power of two, and the figures are scaled
 * back. A shape that was run is exact; others are interpolated, and say so.
 *
 * Below 22 nm the sources of scaling disagree. `corrected` takes the plug-in's rule, and gives the range to the other source, which is
 * `scaling`; without it such nodes are refused. The plug-in of 0.3 (643e6fc) has `idle`, the leakage of a random cycle, instead of `leak`, and an access
 * that changes nothing costs as much.
 */
export function cactiEstimator(runs: readonly CactiRun[], manner: CactiManner, scaling?: NodeScaling): Estimator {
  const answers = new Map<string, Answer>();
  const ask = (query: Query): Answer => {
    const memory = memoryOf(query, manner, scaling?.nodes.at(-1) ?? NODES[0]);
    const key = Object.values(memory).join(' ');
    let answer = answers.get(key);
    if (!answer) {
      answer = answerFor(memory, runs, manner, scaling);
      answers.set(key, answer);
    }
    return answer;
  };
  return {
    name: manner === 'accelergy-0.3' ? 'Cacti' : 'CactiSRAM',
    priority: manner === 'accelergy-0.3' ? 70 : 80,
    classes: ['SRAM', 'sram'],
    estimateAction: (query) => answerOf(() => action(ask(query), query, manner)),
    estimateArea: (query) =>
      answerOf(() => {
        const { areaM2, assumptions, spreads } = ask(query);
        return {
          areaM2,
          source: SOURCE,
          assumption: assumptions.join('; ') || undefined,
          ...(spreads && { spread: spreads.area }),
        };
      }),
    estimateLeakage: (query) =>
      answerOf(() => {
        const answer = ask(query);
        return { powerW: answer.leakageW, ...conditions(answer, 'leakage'), cell: 'itrs-lstp' };
      }),
    estimateCycle: (query) =>
      answerOf(() => {
        const { cycleS, assumptions } = ask(query);
        return { cycleS, source: SOURCE, assumption: assumptions.join('; ') || undefined };
      }),
  };
}

function memoryOf(query: Query, manner: CactiManner, finest: number): Memory {
  if (query.class !== 'SRAM' && query.class !== 'sram') refuse(`it has no class "${query.class}"`);
  const technology = query.attributes.get('technology');
  const node = nodeOf(technology);
  if (node === undefined || !Number.isInteger(node)) {
    const nearest = node === undefined ? 45 : Math.max(finest, Math.round(node));
    refuseTechnology(technology, `${nearest}nm`, 'it is no node in whole nm');
  }
  const cell = query.attributes.get('cell_type') ?? 'itrs-lstp';
  if (manner === 'corrected' && cell !== 'itrs-lstp') refuse(`cell_type is ${cell}; its runs have itrs-lstp cells`);
  return {
    node,
    width: wholeAttribute(query, 'width'),
    depth: wholeAttribute(query, 'depth'),
    banks: wholeAttribute(query, 'n_banks', 1),
    ports: wholeAttribute(query, 'n_rw_ports', portsOf(query, manner)),
  };
}

/** 0.3 counted ports by kind. */
function portsOf({ attributes }: Query, manner: CactiManner): number {
  if (manner === 'accelergy-0.4') return 1;
  const kinds = ['n_rdwr_ports', 'n_rd_ports', 'n_wr_ports'].map((name) => attributes.get(name));
  const sum = kinds.reduce((total: number, ports) => total + (typeof ports === 'number' ? ports : 0), 0);
  return Math.max(1, sum);
}

const NODES = [22, 32, 45, 65, 90];

function answerFor(
  memory: Memory,
  runs: readonly CactiRun[],
  manner: CactiManner,
  scaling: NodeScaling | undefined,
): Answer {
  const { node } = memory;
  const [finest, coarsest] = [NODES[0], NODES[NODES.length - 1]];
  if (node < finest) {
    // The plug-in: square root of the node for energy, the node for area, and 0.79 for the leakage of fins.
    const share = node / finest;
    const root = Math.sqrt(share);
    const factors = { energy: root, area: share, leakage: root * 0.79, cycle: 1 };
    const figures = atNode(finest, memory, runs);
    if (manner !== 'corrected') return scaledFigures(figures, memory, factors, `scaled from ${finest} nm`);
    const spreads = spreadsBelow(finest, node, factors, scaling);
    const rule = `scaled from ${finest} nm by the rule of the Accelergy CACTI plug-in 291018b`;
    return { ...scaledFigures(figures, memory, factors, rule), spreads };
  }
  if (node > coarsest) {
    const square = (node / coarsest) ** 2;
    return scaledFigures(
      atNode(coarsest, memory, runs),
      memory,
      { energy: square, area: square, leakage: square, cycle: square },
      `scaled from ${coarsest} nm by the square of the node`,
    );
  }
  const below = NODES.findLast((one) => one <= node)!;
  const above = NODES.find((one) => one >= node)!;
  if (below === above) return { ...atNode(node, memory, runs), memory };
  const [low, high] = [atNode(below, memory, runs), atNode(above, memory, runs)];
  const share = (node - below) / (above - below);
  const assumptions = [`between ${below} and ${above} nm, straight in the node`, ...low.assumptions];
  return { ...figuresAt(low, high, (a, b) => (1 - share) * a + share * b), memory, assumptions };
}

/** The range between the plug-in's rule and the scaling of logic, which the Accelergy Library plug-in applies to SRAM. */
function spreadsBelow(
  finest: number,
  node: number,
  rule: Readonly<Record<'energy' | 'area' | 'leakage', number>>,
  scaling: NodeScaling | undefined,
): Spreads {
  const logic = scaling?.factors(finest, node);
  if (!scaling || !logic) {
    const reach = scaling ? scaling.nodes[scaling.nodes.length - 1] : finest;
    return refuseTechnology(`${node}nm`, `${reach}nm`, `no two sources scale SRAM below ${reach} nm`);
  }
  const spread = (own: number, other: number): Spread => ({
    low: Math.min(1, other / own),
    high: Math.max(1, other / own),
    sources:
      `x ${own.toPrecision(3)} from ${finest} nm by the rule of the Accelergy CACTI plug-in 291018b; ` +
      `x ${other.toPrecision(3)} as logic, ${logic.assumption}`,
  });
  return {
    dynamic: spread(rule.energy, logic.energy),
    leakage: spread(rule.leakage, logic.energy),
    area: spread(rule.area, logic.area),
  };
}

function scaledFigures(
  figures: Figures & { readonly assumptions: readonly string[] },
  memory: Memory,
  factor: { readonly energy: number; readonly area: number; readonly leakage: number; readonly cycle: number },
  assumption: string,
): Answer {
  return {
    readJ: figures.readJ * factor.energy,
    writeJ: figures.writeJ * factor.energy,
    leakageW: figures.leakageW * factor.leakage,
    areaM2: figures.areaM2 * factor.area,
    cycleS: figures.cycleS * factor.cycle,
    memory,
    assumptions: [assumption, ...figures.assumptions],
  };
}

/** The memory at a node that CACTI has: the run of the shape that CACTI takes, scaled to the shape asked for. */
function atNode(
  node: number,
  { width, depth, banks, ports }: Memory,
  runs: readonly CactiRun[],
): Figures & { readonly assumptions: readonly string[] } {
  const runWidth = Math.max(8 * Math.ceil(width / 8), 32);
  const runDepth = Math.max(depth, 64 * banks);
  const runBanks = 2 ** Math.ceil(Math.log2(banks));
  const shape = {
    node,
    blockBytes: runWidth / 8,
    sizeBytes: Math.floor((runWidth * runDepth) / 8),
    banks: runBanks,
    ports,
  };
  const { figures, assumption } = interpolated(runs, shape);
  const [w, d] = [width / runWidth, depth / runDepth];
  const dynamic = (w * 0.7 + 0.3) * d ** (1.56 / 2);
  const cut = w * d < 1 ? `scaled from ${runWidth} bit x ${runDepth} words` : undefined;
  return {
    readJ: figures.readJ * dynamic,
    writeJ: figures.writeJ * dynamic,
    leakageW: figures.leakageW * banks * w * d,
    areaM2: figures.areaM2 * w * d,
    cycleS: figures.cycleS,
    assumptions: [cut, assumption].filter((text) => text !== undefined),
  };
}

function action(answer: Answer, query: ActionQuery, manner: CactiManner): Estimate {
  const { action: name } = query;
  const old = manner === 'accelergy-0.3';
  const idleJ = answer.leakageW * (old ? answer.cycleS : cycleAttribute(query, 'leakage'));
  if (name === 'leak' && !old) return { energyJ: idleJ, ...conditions(answer, 'leakage') };
  // The interface of 0.4 gives every estimator an action idle, of no energy.
  if (name === 'idle') return { energyJ: manner === 'accelergy-0.4' ? 0 : idleJ, ...conditions(answer) };
  if (name !== 'read' && name !== 'write' && (name !== 'update' || old)) {
    refuse(`SRAM has the actions read, write, update, leak; not "${name}"`);
  }
  const accessJ = name === 'read' ? answer.readJ : answer.writeJ;
  // The plug-in's rule: decoding the address takes 30 %, the cells 70 %.
  const delta = (argument: string) => Number(query.arguments.get(argument) ?? 1);
  if (!old) {
    const share = 0.7 * Number(delta('data_delta') !== 0) + 0.3 * Number(delta('address_delta') !== 0);
    return { energyJ: accessJ * share, ...conditions(answer) };
  }
  const share = 0.7 * delta('data_delta') + (0.3 * delta('address_delta')) / answer.memory.banks;
  return { energyJ: idleJ + (accessJ - idleJ) * share, ...conditions(answer) };
}

function conditions(
  { memory, assumptions, spreads }: Answer,
  figure: 'dynamic' | 'leakage' = 'dynamic',
): Omit<Estimate, 'energyJ'> {
  const node = NODES.reduce((best, one) => (Math.abs(one - memory.node) < Math.abs(best - memory.node) ? one : best));
  return {
    voltageV: SUPPLY_V[node],
    temperatureK: 300,
    source: SOURCE,
    assumption: assumptions.join('; ') || undefined,
    ...(spreads && { spread: spreads[figure] }),
  };
}

export function cactiRunsOf(sources: readonly SourceText[]): CactiRun[] {
  return mapCollecting(sources, readCactiRuns).flat();
}

import type { MaestroHardware, MaestroLayer } from '../../../formats/maestro/index.ts';
import type { GammaLimits, GammaResult } from '../../../mapping/index.ts';
import { groupDigits, metricName } from '../../../report/index.ts';
import type { SearchName } from '../search.ts';

export interface GammaRequest extends GammaLimits {
  readonly search: SearchName;
  /** The end of one search, asked for with the number of searches that are left. */
  readonly endOf?: ((searches: number) => (() => boolean) | undefined) | undefined;
}

/** The best dataflow of a layer; a decoupled search has the joint optimum beside it. */
export interface LayerFound extends GammaResult {
  readonly joint?: GammaResult;
}

/** Whether a search only draws samples. */
export function isSampled(search: SearchName): boolean {
  return search === 'random' || search === 'ga';
}

/** The end of the totals in stats.json: how the dataflows were found, and what is proven about them. */
export function certificateOf(
  layers: readonly MaestroLayer[],
  hardware: MaestroHardware,
  found: readonly LayerFound[],
  request: GammaRequest,
): object {
  const { objective, search, seed } = request;
  const sum = (value: (result: LayerFound) => number): number => found.reduce((all, result) => all + value(result), 0);
  const evaluations = sum((result) => result.evaluations + (result.joint?.evaluations ?? 0));
  const value = sum((result) => result.value);
  const joint = found.map((result) => result.joint ?? result);
  const lowerBound = joint.reduce((all, result) => all + boundOf(result), 0);
  const gap = value === 0 ? 0 : (value - lowerBound) / value;
  if (isSampled(search)) return { objective, search, seed, evaluations, value, lowerBound, gap };
  return {
    objective,
    search,
    evaluations,
    value,
    lowerBound,
    gap,
    certificate: {
      model: 'maestro 4eb08d1, one layer a process',
      space: spaceOf(hardware, request),
      outcome: joint.every(isProven) ? 'proven' : 'gap',
      nodes: sum((result) => nodesOf(result) + (result.joint ? nodesOf(result.joint) : 0)),
    },
    searches: found.map((result, i) => layerCertificate(layers[i], result)),
  };
}

function spaceOf({ pes }: MaestroHardware, { levels: [fewest, most], peLimit }: GammaRequest): string {
  const levels = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `all tiles, orders, parallel dimensions and cluster sizes of ${levels} cluster level${most > 1 ? 's' : ''} on ${peLimit === undefined ? `${pes}` : `up to ${peLimit}`} PEs, filters whole`;
}

function layerCertificate({ name }: MaestroLayer, result: LayerFound): object {
  const { value, joint, cost } = result;
  const proof = (joint ?? result).proof!;
  return {
    layer: name,
    value,
    lowerBound: boundOf(joint ?? result),
    outcome: proof.outcome,
    nodes: proof.nodes,
    ...(joint && {
      words: cost.words,
      leastWords: result.proof!.lowerBound,
      jointWords: joint.cost.words,
      ...lossOf(result, joint),
    }),
  };
}

/** The loss of a decoupled search; without a proven optimum only its limit is known. */
function lossOf({ value }: LayerFound, joint: GammaResult): object {
  return isProven(joint)
    ? { timesJointOptimum: value / joint.value }
    : { timesJointOptimumAtMost: value / boundOf(joint) };
}

function boundOf({ proof, leastBound, value }: GammaResult): number {
  return proof?.lowerBound ?? leastBound ?? value;
}

function nodesOf({ proof }: GammaResult): number {
  return proof?.nodes ?? 0;
}

function isProven({ proof }: GammaResult): boolean {
  return proof?.outcome === 'proven';
}

/** A line for each layer that says what is proven. */
export function proofTexts(
  layers: readonly MaestroLayer[],
  found: readonly LayerFound[],
  { objective, search }: GammaRequest,
): string[] {
  if (isSampled(search)) {
    const how = search === 'ga' ? "GAMMA's genetic search proves" : 'random genomes prove';
    const [value, bound] = [
      found.reduce((sum, result) => sum + result.value, 0),
      found.reduce((sum, result) => sum + boundOf(result), 0),
    ];
    const standIns = layers.flatMap(({ name }, i) => (found[i].isStandIn ? [name] : []));
    return [
      `Best ${objective} found ${value.toPrecision(6)}, lower bound ${bound.toPrecision(6)}, gap ${gapText(value, bound)}: ${how} nothing. ${ENERGIES}`,
      ...(standIns.length > 0
        ? [`No genome of the search was valid, so that tiles of 1 stand in: ${listed(standIns)}`]
        : []),
    ];
  }
  return [...found.map((result, i) => `${layers[i].name}: ${proofText(result, objective)}`), ENERGIES];
}

const ENERGIES = "Energies are those of MAESTRO's CSV file, one layer a process.";

function proofText(result: LayerFound, objective: string): string {
  const { joint } = result;
  if (!joint) return provenText(result, objective);
  const [ours, other] = [result.cost.words, joint.cost.words];
  const least = isProven(result) ? 'fewest' : `at least ${result.proof!.lowerBound.toPrecision(6)}, found`;
  const loss = (result.value / (isProven(joint) ? joint.value : boundOf(joint))).toPrecision(4);
  const against = isProven(joint)
    ? `${loss} times the optimum of ${objective}, which moves ${other}`
    : `${objective} ${result.value.toPrecision(6)}, lower bound ${boundOf(joint).toPrecision(6)}, gap ${gapText(result.value, boundOf(joint))}`;
  return `${least} words over the border of L2 first: ${ours}, ${against}`;
}

function provenText(result: GammaResult, objective: string): string {
  const { value, evaluations, proof } = result;
  const effort = `${groupDigits(evaluations)} genomes evaluated, ${groupDigits(proof!.nodes)} choices of tiles bounded`;
  if (isProven(result))
    return `optimal in ${metricName(objective)}, proven: no genome of the space has less (${effort})`;
  const why = { gap: 'the allowed gap', stopped: 'stopped', 'space cut': 'the space is too large', proven: '' };
  return `best ${metricName(objective)} found ${value.toPrecision(6)}, lower bound ${boundOf(result).toPrecision(6)}, gap ${gapText(value, boundOf(result))}: ${why[proof!.outcome]} (${effort})`;
}

function gapText(value: number, bound: number): string {
  return `${(value === 0 ? 0 : (100 * (value - bound)) / value).toPrecision(3)} %`;
}

/** A few names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

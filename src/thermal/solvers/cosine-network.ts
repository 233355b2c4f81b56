import { type PlaneTransform, planeTransform } from '../../numeric/dct.ts';
import type { GridNetwork, Plane, RimLink } from '../network/network.ts';

/**
 * The network in the planes' orthonormal cosine transform (DCT-II; the rim's nodes stay as they are). Capacities stay
 * as well, being alike within a plane, so that lengths and angles weighted by them are those of nodes. Lateral
 * conduction turns diagonal: a product with G takes a few operations a node, and no transform.
 */
export interface CosineNetwork {
  readonly network: GridNetwork;
  /** The transform of one plane. */
  readonly transform: PlaneTransform;
  /** By node: G's diagonal here, but for the links between cells and rim. */
  readonly diagonal: Float64Array;
  /** Where cells join the rim, by plane; null for a plane that does not. */
  readonly edges: readonly (RimEdges | null)[];
  /** The first plane that joins the rim; the number of planes if none does. */
  readonly firstJoined: number;
  /** G's part between different nodes of the rim, and their number. */
  readonly rim: Float64Array;
  readonly rimNodes: number;
}

/** A plane's west and east, and its north and south edge. */
export interface RimEdges {
  readonly westEast: EdgePair;
  readonly northSouth: EdgePair;
}

/** Two opposite edges: the first and the last cell of every line across. */
export interface EdgePair {
  /** Mode k of a line at its first cell; at its last, with the sign of (-1)^k. */
  readonly trace: Float64Array;
  /** The sum of conductances of one cell to all nodes it is linked to, W/K. */
  readonly first: number;
  readonly last: number;
  readonly firstLinks: readonly EdgeLink[];
  readonly lastLinks: readonly EdgeLink[];
}

/** From the edge's uniform mode to a node: conductance of one cell x sqrt(cells of the edge). */
export interface EdgeLink {
  readonly node: number;
  readonly conductance: number;
}

export function cosineNetwork(network: GridNetwork): CosineNetwork {
  const { planes, cells, nodes, grid } = network;
  const edges = planes.map((_, p) => edgesOf(network, p));
  const joined = edges.findIndex((edge) => edge !== null);
  const rimNodes = nodes - planes.length * cells;
  return {
    network,
    transform: planeTransform(1, grid.rows, grid.columns),
    diagonal: diagonalOf(network),
    edges,
    firstJoined: joined < 0 ? planes.length : joined,
    rim: rimOf(network, rimNodes),
    rimNodes,
  };
}

/** Into the cosine basis, in place; the planes that hold nothing but zeros cost nothing. */
export function toCosine({ network: { planes, cells }, transform }: CosineNetwork, x: Float64Array): void {
  for (let p = 0; p < planes.length; p++) {
    const plane = x.subarray(p * cells, (p + 1) * cells);
    if (!isZero(plane)) transform.forward(plane);
  }
}

/** Back, in place; the first `count` planes. */
export function fromCosine(
  { network: { planes, cells }, transform }: CosineNetwork,
  x: Float64Array,
  count = planes.length,
): void {
  for (let p = 0; p < count; p++) transform.inverse(x.subarray(p * cells, (p + 1) * cells));
}

/** Conductance to the plane above, W/K a cell. */
export function toPrevious(planes: readonly Plane[], p: number): number {
  return p === 0 ? 0 : planes[p - 1].toNext;
}

function isZero(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) return false;
  return true;
}

function diagonalOf({ planes, cells, grid, nodes, rim }: GridNetwork): Float64Array {
  const diagonal = new Float64Array(nodes);
  const firstRim = planes.length * cells;
  const rimNodes = nodes - firstRim;
  for (let i = 0; i < rimNodes; i++) diagonal[firstRim + i] = rim[i * rimNodes + i];
  const x = eigenvalues(grid.columns);
  const y = eigenvalues(grid.rows);
  planes.forEach((plane, p) => {
    const vertical = toPrevious(planes, p) + plane.toNext + plane.toAmbient;
    for (let row = 0, i = p * cells; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++, i++) {
        diagonal[i] = vertical + (plane.betweenColumns * x[column] + plane.betweenRows * y[row]);
      }
    }
  });
  return diagonal;
}

/** Eigenvalues of a path of n nodes with unit conductances: 2 - 2 cos(pi k / n). */
function eigenvalues(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, k) => 4 * Math.sin((Math.PI * k) / (2 * n)) ** 2);
}

function edgesOf({ grid, rimLinks }: GridNetwork, plane: number): RimEdges | null {
  const links = rimLinks.filter((link) => link.plane === plane);
  if (links.length === 0) return null;
  return {
    westEast: edgePair(links, 0, grid.columns, grid.rows),
    northSouth: edgePair(links, 2, grid.rows, grid.columns),
  };
}

/** Sides `side` and the next, between which lie `across` cells, `along` cells long. */
function edgePair(links: readonly RimLink[], side: number, across: number, along: number): EdgePair {
  const [first, last] = [side, side + 1].map((s) => links.filter((link) => link.side === s));
  const total = (edge: typeof links): number => edge.reduce((sum, link) => sum + link.conductance, 0);
  const uniform = (edge: typeof links): EdgeLink[] =>
    edge.map(({ node, conductance }) => ({ node, conductance: conductance * Math.sqrt(along) }));
  return {
    trace: traces(across),
    first: total(first),
    last: total(last),
    firstLinks: uniform(first),
    lastLinks: uniform(last),
  };
}

function traces(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, k) => {
    return k === 0 ? Math.sqrt(1 / n) : Math.sqrt(2 / n) * Math.cos((Math.PI * k) / (2 * n));
  });
}

/** Without its diagonal, which is with those of the cells. */
function rimOf({ rim }: GridNetwork, rimNodes: number): Float64Array {
  return rim.map((value, at) => (Math.floor(at / rimNodes) === at % rimNodes ? 0 : value));
}

import { fail, mapCollecting, nearestName, placedAt, type Span } from '../base/errors.ts';
import { BUNDLED, type Files, relativeTo } from '../base/files.ts';
import { seenFrom } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import {
  type Component,
  type Estimator,
  generalEstimators,
  type LeakageCurve,
  nodeLeakageCurves,
  nodeOf,
  technologyClasses,
  technologyEstimators,
  technologyLeakageCurves,
} from '../energy/index.ts';
import type { AcceleratorSpec } from './accelerator.ts';

/** The technologies of a design, and the estimators over the tables of each. */
export interface Technologies {
  readonly names: readonly string[];
  readonly estimators: readonly Estimator[];
  /** Leakage curves by technology and cell type. */
  readonly leakageCurves: ReadonlyMap<string, ReadonlyMap<string, LeakageCurve>>;
}

/**
 * Finds the tables of each technology that the components use: first in the accelerator's own folders, then among the
 * bundled ones. Errors: `attribute-missing`, `unknown-name` (a technology), `file-not-found` (a folder of tables),
 * those of tables.
 */
export function findTechnologies(files: Files, spec: AcceleratorSpec, components: readonly Component[]): Technologies {
  const technologies = technologiesOf(components);
  const names = [...technologies.keys()];
  checkFolders(files, spec, names);
  const tables = [...technologies].map(
    ([name, component]) => [name, tablesOf(files, spec, name, component.attributes.get('technology')?.span)] as const,
  );
  const covered = new Map(tables.map(([name, texts]) => [name, technologyClasses(texts)]));
  return {
    names,
    estimators: [
      ...tables.flatMap(([name, texts]) => technologyEstimators(name, texts)),
      ...generalEstimators(files, (technology, cls) => covered.get(technology)?.has(cls) ?? false),
    ],
    leakageCurves: new Map(tables.map(([name, texts]) => [name, curvesOf(files, name, texts)])),
  };
}

/** Each technology of the design with the first component that uses it. Error: `attribute-missing`. */
function technologiesOf(components: readonly Component[]): Map<string, Component> {
  const technologies = new Map<string, Component>();
  for (const component of components) {
    const technology = component.attributes.get('technology')?.value ?? undefined;
    if (technology === undefined) {
      fail('attribute-missing', `component "${component.name}" has no attribute "technology"`, {
        span: component.span,
        expected: 'technology: "45nm", of the component or of a container around it',
      });
    }
    if (!technologies.has(String(technology))) technologies.set(String(technology), component);
  }
  return technologies;
}

/**
 * Rejects a folder without tables for the design. It is probably misspelt, and the bundled figures would silently take
 * its place.
 */
function checkFolders(files: Files, { document, tables }: AcceleratorSpec, technologies: readonly string[]): void {
  mapCollecting(tables.keys(), (i) => {
    const folder = relativeTo(seenFrom(document, ['tables', i]), tables[i]);
    if (technologies.some((technology) => files.list(`${folder}/${technology}`).some(isTable))) return;
    fail('file-not-found', `${folder} has no tables for ${technologies.join(' or ')}`, {
      span: document.span(['tables', i]),
      expected: `a folder with a folder ${technologies[0]} of CSV files in it`,
    });
  });
}

/** Nodes of foundries within the reach of the general estimators, nm: any other is a slip rather than a technology. */
const NODES: readonly number[] = [130, 90, 65, 55, 45, 40, 32, 28, 22, 20, 16, 14, 12, 10, 8, 7];

/** Curves of the technology's own, and for other cells those of the nearest node. */
function curvesOf(files: Files, technology: string, texts: readonly SourceText[]): ReadonlyMap<string, LeakageCurve> {
  const own = technologyLeakageCurves(texts);
  const node = nodeOf(technology);
  return own.size > 0 || node === undefined ? own : nodeLeakageCurves(files, node);
}

/**
 * The tables of a technology. Where folders have a table of the same name, the first folder wins. A node of a foundry needs none, since the
 * general estimators know nodes, and neither does a design whose energies are given. Error: `unknown-name`.
 */
function tablesOf(
  files: Files,
  { document, tables, ert }: AcceleratorSpec,
  technology: string,
  span: Span | undefined,
): SourceText[] {
  const own = tables.map((folder, i) => relativeTo(seenFrom(document, ['tables', i]), folder));
  const folders = [...own, `${BUNDLED}tech-tables`].map((folder) => `${folder}/${technology}`);
  const byName = new Map<string, string>();
  for (const folder of folders) {
    for (const name of files.list(folder).filter(isTable)) {
      if (!byName.has(name)) byName.set(name, `${folder}/${name}`);
    }
  }
  if (byName.size === 0 && ert === null && !NODES.includes(nodeOf(technology) ?? 0)) {
    const bundled = files.list(`${BUNDLED}tech-tables`).filter((name) => !name.includes('.'));
    const known = [...new Set([...bundled, ...NODES.map((node) => `${node}nm`)])];
    fail('unknown-name', `there are no tables for technology "${technology}"`, {
      span,
      expected: `one of ${known.join(', ')}, or a folder ${technology} in one of the accelerator's "tables"`,
      suggestion: nearestName(technology, known),
    });
  }
  return [...byName.values()].map((file) => ({ file, text: placedAt(span, () => files.read(file)) ?? '' }));
}

function isTable(name: string): boolean {
  return name.endsWith('.csv');
}

import { type Attributes, type CompoundClass, readClasses } from '../formats/accelergy/index.ts';
import { arbiter } from './arbitration/arbiter.ts';
import { buildErt } from './compound/build.ts';
import type { Ert, GivenFigures } from './ert.ts';
import type { Estimator } from './estimators/estimator.ts';
import { knownClasses } from './estimators/index.ts';
import { flattenTree } from './input/architecture.ts';
import { blockOf } from './input/blocks.ts';
import type { Component } from './input/component.ts';
import type { DesignFile } from './input/read.ts';
import { checked, runRules } from './input/rules.ts';

/** The contents of the files of a design: its components, and the classes that they may use, by name. */
export interface DesignDescription {
  readonly components: readonly Component[];
  readonly classes: ReadonlyMap<string, CompoundClass>;
}

/**
 * The components of the first architecture among the files, in Accelergy's order: the subtree of a container before its own components;
 * and the classes of all files. Expressions see the attributes of the containers, nearest first, and `variables`, those of the files by
 * default. Errors, all together: those of names, keys and expressions, `duplicate-name`.
 */
export function describeDesign(files: readonly DesignFile[], variables?: Attributes): DesignDescription {
  const rules = runRules();
  return checked(rules, () => {
    const nodes = files.flatMap(({ classes }) => classes);
    const architecture = files.find((file) => file.architecture)?.architecture;
    const names = variables ?? new Map(files.flatMap((file) => [...file.variables]));
    return {
      classes: readClasses(nodes, rules),
      components: architecture ? [...flattenTree(architecture, blockOf(names, [], rules), rules).values()] : [],
    };
  });
}

/**
 * Energy, area and leakage of every component by the estimators; components in `given` take their figures from there, by name. Errors
 * of all components together: `unknown-name`, `no-estimator`, those of compounds and expressions.
 */
export function designTable(
  { components, classes }: DesignDescription,
  estimators: readonly Estimator[],
  given: ReadonlyMap<string, GivenFigures> = new Map(),
): Ert {
  const rules = runRules();
  const book = { compounds: classes, primitives: knownClasses(estimators) };
  return checked(rules, () => buildErt(components, { book, arbiter: arbiter(estimators, rules), rules, given }));
}

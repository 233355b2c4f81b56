import type { YamlDocument } from '../base/document.ts';
import { type Diagnostic, mapCollecting, nearestName } from '../base/errors.ts';
import { BUNDLED, type Files, readText } from '../base/files.ts';
import type { SourceText } from '../base/source.ts';
import { numberCell, readColumns, textCell } from '../formats/columns.ts';
import type { AcceleratorFile } from './accelerator-schema.ts';

/** The operating points of one domain of a real chip, slowest first. */
export interface ChipPoints {
  /** Chip and domain in lower case: `rk3588-npu`. */
  readonly name: string;
  readonly points: readonly { readonly frequencyMHz: number; readonly voltageV: number }[];
  /** `read` in a publication or source text, `generated` from one, or `assumed`. */
  readonly kind: string;
  readonly source: string;
}

/** A file whose domains all have points of their own. */
export type WithPoints = AcceleratorFile & {
  readonly domains: Readonly<
    Record<
      string,
      AcceleratorFile['domains'][string] & {
        readonly operating_points: NonNullable<AcceleratorFile['domains'][string]['operating_points']>;
      }
    >
  >;
};

/** Reads `vf-points.csv`. Errors: `csv-syntax`, `table-invalid`. */
export function readChipPoints(source: SourceText): Map<string, ChipPoints> {
  const chips = new Map<
    string,
    { name: string; points: { frequencyMHz: number; voltageV: number }[]; kind: string; source: string }
  >();
  mapCollecting(readColumns(source, ['chip', 'domain', 'freq_mhz', 'vdd_v', 'kind', 'source']).rows, (row) => {
    const name = `${textCell(row, 'chip')} ${textCell(row, 'domain')}`
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^-|-$/g, '');
    const chip = chips.get(name) ?? { name, points: [], kind: textCell(row, 'kind'), source: textCell(row, 'source') };
    chip.points.push({ frequencyMHz: numberCell(row, 'freq_mhz'), voltageV: numberCell(row, 'vdd_v') });
    chips.set(name, chip);
  });
  for (const { points } of chips.values()) points.sort((a, b) => a.frequencyMHz - b.frequencyMHz);
  return chips;
}

/** The operating points that come with Isotherm, by name. */
export function bundledChipPoints(files: Files): Map<string, ChipPoints> {
  return readChipPoints(readText(files, `${BUNDLED}tech-tables/vf-points.csv`));
}

interface PointsPlace {
  readonly files: Files | undefined;
  readonly document: YamlDocument;
  readonly problems: Diagnostic[];
}

/**
 * The file with the points of the chips that `points_of` names, and an assumption for each. Adds to `problems`: `missing-key` for a domain
 * without points, `unknown-key` for one with both, `unknown-name` for a chip.
 */
export function withChipPoints(
  file: AcceleratorFile,
  { files, document, problems }: PointsPlace,
): { readonly file: WithPoints; readonly assumptions: readonly string[] } {
  const assumptions: string[] = [];
  let chips: Map<string, ChipPoints> | undefined;
  const domains = Object.entries(file.domains).map(([name, domain]) => {
    const { operating_points: own, points_of: chip } = domain;
    if (own !== undefined && chip === undefined) return [name, { ...domain, operating_points: own }] as const;
    const none = [name, { ...domain, operating_points: own ?? [] }] as const;
    if (own !== undefined || chip === undefined) {
      problems.push({
        code: own === undefined ? 'missing-key' : 'unknown-key',
        message:
          `domain "${name}" has ${own === undefined ? 'neither' : 'both'} "operating_points" and "points_of"`.replace(
            'neither "operating_points" and',
            'neither "operating_points" nor',
          ),
        span: document.keySpan(['domains', name]),
        expected: 'one of the two',
      });
      return none;
    }
    chips ??= files ? bundledChipPoints(files) : new Map();
    const found = chips.get(chip);
    if (!found) {
      problems.push({
        code: 'unknown-name',
        message: `there are no operating points of "${chip}"`,
        span: document.span(['domains', name, 'points_of']),
        expected: `one of ${[...chips.keys()].join(', ')}`,
        suggestion: nearestName(chip, chips.keys()),
      });
      return none;
    }
    assumptions.push(`the operating points of domain ${name} are those of ${chip} (${found.source})`);
    const points = found.points.map(({ frequencyMHz, voltageV }) => ({
      frequency: `${frequencyMHz}MHz`,
      voltage: `${voltageV}V`,
    }));
    return [name, { ...domain, operating_points: points }] as const;
  });
  return { file: { ...file, domains: Object.fromEntries(domains) }, assumptions };
}

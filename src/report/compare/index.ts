export type {
  Comparison,
  ComparisonCell,
  ComparisonRow,
  Loss,
  OracleFigures,
  RowFigures,
  ThermalBoundFigures,
} from './comparison.ts';
export { type ComparisonFiles, comparisonFileNames, comparisonFiles, comparisonText } from './files.ts';
export { verdictText } from './tables.ts';

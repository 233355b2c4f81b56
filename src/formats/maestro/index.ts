export { MAESTRO_COLUMNS, sixDigits, writeMaestroCsv } from './csv.ts';
export { type Constants, type DataflowTemplate, readDataflow } from './dataflow.ts';
export { readGammaNetwork } from './gamma-table.ts';
export { readMaestroHardware } from './hardware.ts';
export { readLayerTable } from './layer-table.ts';
export { inputSizes, readMaestroNetwork, readMaestroWorkload } from './network.ts';
export type * from './types.ts';
export { writeMaestroNetwork } from './write.ts';

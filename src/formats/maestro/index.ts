export { MAESTRO_COLUMNS, sixDigits, writeMaestroCsv } from './csv.ts';
export { type Constants, type DataflowTemplate, readDataflow } from './dataflow.ts';
export { readMaestroHardware } from './hardware.ts';
export { inputSizes, readMaestroNetwork } from './network.ts';
export type * from './types.ts';
export { writeMaestroNetwork } from './write.ts';

import {
  type MaestroHardware,
  type MaestroNetwork,
  sixDigits,
  writeMaestroCsv,
} from '../../../formats/maestro/index.ts';
import { csvEnergyNj, type MaestroResult, type TensorAccesses } from '../../../mapping/index.ts';

/** The results of a network's layers as MAESTRO's CSV file. */
export function maestroCsv(
  { name, layers }: MaestroNetwork,
  { pes, simdLanes }: MaestroHardware,
  results: readonly MaestroResult[],
): string {
  const rows = results.map((result, i) => {
    const energyNj = csvEnergyNj(result, results[i - 1]);
    const { runtime, macs, power, input, weight, output } = result;
    const rate = macs / runtime;
    const totalPower = power.pes + power.l1 + power.l2 + power.noc;
    return [
      name,
      layers[i].name,
      String(pes),
      String(runtime),
      ...[energyNj, rate, (rate / energyNj) * 1e9, result.area, totalPower].map(sixDigits),
      String(result.peakBandwidth),
      sixDigits(result.meanBandwidth),
      ...[result.peakBandwidth, simdLanes, result.offchipBandwidth, result.l2Size, result.l1Size].map(String),
      // Multicast saves no L1 writes in MAESTRO, so that the factors are 1 wherever anything is read.
      ...[weight, input].map(({ l1Writes, l2Reads }) => sixDigits(l1Writes / l2Reads)),
      ...[result.inputElements, result.weightElements].map(String),
      sixDigits((macs / energyNj) * 1e9),
      String(macs),
      ...[power.pes, power.l1, power.l2, power.noc].map(sixDigits),
      ...accesses(input),
      ...accesses(weight),
      ...accesses(output),
      ...[result.ingressDelay, result.egressDelay, result.computeDelay].flatMap(({ least, most, mean }) =>
        [least, most, mean].map(wholeNumber),
      ),
      sixDigits(result.activePes),
      sixDigits(result.intensity),
    ];
  });
  return writeMaestroCsv(rows);
}

function accesses({ l1Reads, l1Writes, l2Reads, l2Writes }: TensorAccesses): string[] {
  return [...[l1Reads, l1Writes, l2Reads, l2Writes].map(String), sixDigits(l1Reads / l1Writes)];
}

/** A whole number as C++ converts it: what is none, where no iteration does any work, becomes the least of 64 bits. */
function wholeNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : '-9223372036854775808';
}

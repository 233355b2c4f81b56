/** Columns of MAESTRO's CSV file, in its order; the file has one header twice. */
export const MAESTRO_COLUMNS = [
  'Neural Network Name',
  'Layer Number',
  'NumPEs',
  'Runtime (Cycles)',
  'Activity count-based Energy (nJ)',
  'Throughput (MACs/Cycle)',
  'Throughput Per Energy (GMACs/s*J)',
  'Area',
  'Power',
  'NoC BW Req (Elements/cycle)',
  'Avg BW Req',
  'Peak BW Req',
  'Vector Width',
  'Offchip BW Req (Elements/cycle)',
  'L2 SRAM Size Req (Bytes)',
  'L1 SRAM Size Req (Bytes)',
  'Multicasting Factor (Weight)',
  'Multicasting Factor (Input)',
  'Num Total Input Pixels',
  'Num Total Weight Pixels',
  'Ops/J',
  'Num MACs',
  'PE power',
  'L1 power',
  'L2 power',
  'NOC power',
  'input l1 read',
  'input l1 write',
  'input l2 read',
  'input l2 write',
  'input reuse factor',
  'filter l1 read',
  'filter l1 write',
  'filter l2 read',
  'filter l2 write',
  'filter reuse factor',
  'output l1 read',
  'output l1 write',
  'output l2 read',
  'output l2 write',
  'output reuse factor',
  'Ingress Delay (Min)',
  'Ingress Delay (Max)',
  'Ingress Delay (Avg)',
  'Egress Delay (Min)',
  'Egress Delay (Max)',
  'Egress Delay (Avg)',
  'Compute Delay (Min)',
  'Compute Delay (Min)',
  'Compute Delay (Avg)',
  'Avg number of utilized PEs',
  'Arithmetic Intensity',
] as const;

/** A real number as C++ prints it by default: six significant digits, without trailing zeros. */
export function sixDigits(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '-nan' : value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential(5).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6)
    return `${Number(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return String(Number(value.toPrecision(6)));
}

/** Rows under MAESTRO's headers. Texts stand as they are, whole numbers in full, wrapped numbers with six digits. */
export function writeMaestroCsv(rows: readonly (readonly string[])[]): string {
  return [MAESTRO_COLUMNS, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

/** Texts of NumPy are of equal length; longer ones would fill the memory. */
const LONGEST_TEXT = 1024;

/** An array of doubles in NumPy's format, version 1.0. */
export function npy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const { bytes, view, dataAt } = npyFile("'<f8'", tuple, 8 * values.length);
  values.forEach((value, i) => {
    view.setFloat64(dataAt + 8 * i, value, true);
  });
  return bytes;
}

/** A field of records: numbers, or texts of at most 1,024 characters, which are cut there. */
export type NpyField =
  | { readonly name: string; readonly numbers: Float64Array }
  | { readonly name: string; readonly texts: readonly string[] };

/** Rows of a piece of a file of records. */
const PIECE_ROWS = 4096;

/** Records in NumPy's format, version 2.0 if the names of the fields need it: one for each row. The file comes in pieces. */
export function* npyRecords(fields: readonly NpyField[]): Generator<Uint8Array> {
  const wide = fields.map((field) => ('texts' in field ? widest(field.texts) : 0));
  const sizes = fields.map((field, i) => ('texts' in field ? 4 * wide[i] : 8));
  const types = fields.map(({ name }, i) => `(${python(name)}, '${wide[i] > 0 ? `<U${wide[i]}` : '<f8'}')`);
  const [first] = fields;
  const rows = first === undefined ? 0 : 'texts' in first ? first.texts.length : first.numbers.length;
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  yield npyFile(`[${types.join(', ')}]`, `${rows},`, 0).bytes;
  for (let from = 0; from < rows; from += PIECE_ROWS) {
    const view = new DataView(new ArrayBuffer(size * Math.min(PIECE_ROWS, rows - from)));
    for (let at = 0, row = from; at < view.byteLength; row++) {
      fields.forEach((field, i) => {
        if ('numbers' in field) view.setFloat64(at, field.numbers[row], true);
        else putText(view, at, field.texts[row], wide[i]);
        at += sizes[i];
      });
    }
    yield new Uint8Array(view.buffer);
  }
}

/** Characters of the longest text, at least one: NumPy has no empty texts. */
function widest(texts: readonly string[]): number {
  let most = 1;
  for (const text of texts) most = Math.max(most, text.length);
  return Math.min(most, LONGEST_TEXT);
}

function putText(view: DataView, at: number, text: string, most: number): void {
  let i = 0;
  for (const letter of text) {
    if (i === most) return;
    view.setUint32(at + 4 * i++, letter.codePointAt(0) ?? 0, true);
  }
}

/** A text of Python in single quotes. All but plain letters are escaped, for a header of version 1 or 2 is Latin-1. */
function python(text: string): string {
  const escaped = Array.from(text, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (letter === "'" || letter === '\\') return `\\${letter}`;
    if (code >= 0x20 && code < 0x7f) return letter;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `'${escaped.join('')}'`;
}

/** A file with its header; the data begin at a multiple of 64 bytes. */
function npyFile(descr: string, shape: string, dataBytes: number) {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape}), }`;
  const version = text.length + 11 < 2 ** 16 ? 1 : 2;
  const before = version === 1 ? 10 : 12;
  const dataAt = Math.ceil((before + text.length + 1) / 64) * 64;
  const header = `${text.padEnd(dataAt - before - 1)}\n`;
  const bytes = new Uint8Array(dataAt + dataBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  for (let i = 0; i < header.length; i++) bytes[before + i] = header.charCodeAt(i);
  return { bytes, view, dataAt };
}

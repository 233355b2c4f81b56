import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Inter, under the SIL Open Font License: the font of every picture, so that equal figures have equal bytes. */
const FONTS = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'];

let ready: Promise<Painter> | undefined;

interface Painter {
  readonly Resvg: typeof import('@resvg/resvg-wasm').Resvg;
  readonly fontBuffers: Uint8Array[];
}

/** Turns an SVG into a PNG of `widthPx` pixels. The same bytes result on every machine, whatever fonts it has. */
export async function svgPainter(): Promise<(svg: string, widthPx: number) => Uint8Array> {
  ready ??= prepared();
  const { Resvg, fontBuffers } = await ready;
  return (svg, widthPx) => {
    const picture = new Resvg(svg, {
      fitTo: { mode: 'width', value: widthPx },
      font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    });
    try {
      const image = picture.render();
      const png = image.asPng();
      image.free();
      return png;
    } finally {
      picture.free();
    }
  };
}

/** Loads the painter only when a picture is wanted. */
async function prepared(): Promise<Painter> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return { Resvg, fontBuffers: FONTS.map((name) => readFileSync(require.resolve(`@expo-google-fonts/inter/${name}`))) };
}

import { DARK, LIGHT, themeCss } from '../../../report/index.ts';

/** A layer of the player. */
export interface PlayedLayer {
  readonly index: number;
  /** The folder of its pictures: empty, or with a slash at its end. */
  readonly folder: string;
  /** Each picture in words, for those who cannot see it and for small screens. */
  readonly texts: readonly string[];
}

/**
 * A page that plays pictures beside it: a slider, a button, the speed, and the layer if there are several. It needs no other file and
 * no network. All layers have pictures of the same names, one a time, with colours from `range`, °C.
 */
export function playerHtml(
  layers: readonly PlayedLayer[],
  names: readonly string[],
  times: readonly string[],
  range: readonly [number, number],
): string {
  const options = layers.map(({ folder, index }) => `<option value="${folder}">${index}</option>`).join('');
  const choice =
    layers.length > 1 ? `<label>layer, 0 farthest from the sink <select id="layer">${options}</select></label>` : '';
  const which = layers.length > 1 ? 'each folder' : 'this folder';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Temperatures over time</title>
<style>
  :root { color-scheme: light dark; ${themeCss(LIGHT)} }
  @media (prefers-color-scheme: dark) { :root { ${themeCss(DARK)} } }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 40rem; padding: 0 1rem; background: var(--paper); color: var(--text); }
  img { display: block; width: 100%; height: auto; border-radius: .5rem; }
  .controls { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: .75rem 0; }
  button, input, select { font: inherit; accent-color: var(--c0); }
  input[type=range] { flex: 1 1 12rem; min-width: 8rem; }
  output { min-width: 6rem; font-variant-numeric: tabular-nums; }
  p { margin: .5rem 0; color: var(--muted); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
</style>
<img id="frame" src="${layers[0].folder}${names[0]}" alt="temperatures at ${times[0]}">
<div class="controls">
  <button id="play" type="button">Play</button>
  <input id="place" type="range" min="0" max="${names.length - 1}" value="0" aria-label="sample">
  <output id="time">${times[0]}</output>
  ${choice}
  <label>frames a second <input id="speed" type="number" min="1" max="60" value="10"></label>
</div>
<p id="text"></p>
<p>Colours: ${range[0].toFixed(1)} °C to ${range[1].toFixed(1)} °C, ${(range[1] - range[0]).toFixed(1)} K in all pictures.</p>
<noscript>The frames are the pictures ${names[0]} to ${names[names.length - 1]} of ${which}.</noscript>
<script>
  const names = ${data(names)}, times = ${data(times)}, texts = ${data(layers.map(({ texts }) => texts))};
  const at = (id) => document.getElementById(id);
  let timer = 0;
  const show = (k) => {
    const layer = at('layer');
    const text = texts[layer ? layer.selectedIndex : 0][k];
    at('frame').src = (layer ? layer.value : '') + names[k];
    at('frame').alt = (layer ? 'layer ' + layer.selectedOptions[0].text : 'the die') + ' at ' + times[k] + ': ' + text;
    at('text').textContent = text;
    at('place').value = k;
    at('time').value = times[k];
  };
  const stop = () => { clearTimeout(timer); timer = 0; at('play').textContent = 'Play'; };
  const next = () => {
    const k = Number(at('place').value) + 1;
    if (k >= names.length) return stop();
    show(k);
    timer = setTimeout(next, 1000 / Math.max(1, Number(at('speed').value) || 10));
  };
  show(0);
  at('place').oninput = () => show(Number(at('place').value));
  if (at('layer')) at('layer').oninput = () => show(Number(at('place').value));
  at('play').onclick = () => {
    if (timer) return stop();
    if (Number(at('place').value) === names.length - 1) show(0);
    at('play').textContent = 'Pause';
    timer = setTimeout(next, 0);
  };
</script>
</html>
`;
}

/** A list inside a script; names of blocks cannot end the script. */
function data(values: readonly unknown[]): string {
  return JSON.stringify(values).replaceAll('<', '\\u003c');
}

import { DARK, LIGHT, themeCss } from '../../../report/index.ts';

/** A page that plays pictures in its own folder: a slider, a button, and the speed. It needs no other file and no network. */
export function playerHtml(names: readonly string[], times: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Temperatures over time</title>
<style>
  :root { color-scheme: light dark; ${themeCss(LIGHT)} }
  @media (prefers-color-scheme: dark) { :root { ${themeCss(DARK)} } }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--text); }
  img { display: block; width: 100%; height: auto; border-radius: .5rem; }
  .controls { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: .75rem 0; }
  button, input { font: inherit; accent-color: var(--c0); }
  input[type=range] { flex: 1 1 12rem; min-width: 8rem; }
  output { min-width: 8rem; font-variant-numeric: tabular-nums; }
</style>
<img id="frame" src="${names[0]}" alt="temperatures of the die at ${times[0]}">
<div class="controls">
  <button id="play" type="button">Play</button>
  <input id="place" type="range" min="0" max="${names.length - 1}" value="0" aria-label="sample">
  <output id="time">${times[0]}</output>
  <label>frames a second <input id="speed" type="number" min="1" max="60" value="10"></label>
</div>
<noscript>The frames are the pictures ${names[0]} to ${names[names.length - 1]} of this folder.</noscript>
<script>
  const names = ${JSON.stringify(names)}, times = ${JSON.stringify(times)};
  const at = (id) => document.getElementById(id);
  let timer = 0;
  const show = (k) => {
    at('frame').src = names[k];
    at('frame').alt = 'temperatures of the die at ' + times[k];
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
  at('place').oninput = () => show(Number(at('place').value));
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

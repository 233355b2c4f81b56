/** Forbids a page to load anything, so that a mistake would show as a hole and not cause a request. */
export const CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** The page's style sheet. Plots stretch; their labels stand beside them and keep the size of all other text. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --text: #1b1f24; --muted: #59636e; --faint: #d9dee4; --panel: #f5f7f9;
  --good: #00664b; --bad: #b84a00;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9; --c6: #000; --c7: #8a7d00;
  --k0: #40577a; --k1: #9db0c8; --k2: #8c4a78; --k3: #c9a227;
  --other: #9aa4ae; --quiet: #cfd6dd;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --text: #e8ebee; --muted: #a3adb8; --faint: #333a42; --panel: #1d2226;
    --good: #4cc9a0; --bad: #ff8c42;
    --c0: #3d9ad6; --c1: #e8742a; --c2: #12b587; --c6: #f2f2f2; --c7: #f0e442;
    --k0: #7d9ccb; --k1: #47597a; --k2: #c583b3; --k3: #d9b848;
    --other: #707a85; --quiet: #454e57;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--faint); }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
.description { margin: 0 0 .75rem; color: var(--muted); }
.verdict { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 10rem), 1fr)); gap: .75rem; margin: 0 0 1.25rem; }
.verdict div { padding: .6rem .8rem; background: var(--panel); border-top: 3px solid var(--muted); }
.verdict .good { border-color: var(--good); }
.verdict .bad { border-color: var(--bad); }
.verdict dt, .verdict span { color: var(--muted); font-size: .85rem; }
.verdict dd { margin: 0; }
.verdict b { display: block; font-size: 1.45rem; line-height: 1.3; }
.verdict span { display: block; line-height: 1.35; }
.good b { color: var(--good); }
.bad b, .warning b { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr)); gap: .5rem 1.25rem; margin: 0; }
.facts div { min-width: 0; }
.facts dt { color: var(--muted); font-size: .85rem; }
.facts dd { margin: 0; }
figure { margin: 0 0 1.5rem; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: .35rem; }
.unit { color: var(--muted); font-weight: 400; margin-left: .25rem; }
.note { color: var(--muted); font-weight: 400; font-size: .85rem; margin-left: .5rem; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .35rem 0; padding: 0; list-style: none; font-size: .85rem; }
.legend li { min-width: 0; }
.legend b { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; background: var(--key); }
.key.line { width: 1.2em; height: 0; background: none; border-top: 3px solid var(--key); vertical-align: middle; }
.plot { display: grid; grid-template-columns: 2.9rem minmax(0, 1fr); padding: 1.1rem .75rem 0 0; font-size: .8rem; color: var(--muted); }
.plot .area { position: relative; border: solid var(--muted); border-width: 0 0 1px 1px; }
.plot svg { display: block; width: 100%; height: 7rem; overflow: visible; }
.medium svg { height: 9rem; }
.large svg { height: 17rem; }
.y { position: relative; }
.y span { position: absolute; right: .4rem; transform: translateY(50%); line-height: 1; white-space: nowrap; }
.x { grid-column: 2; position: relative; height: 1.4rem; }
.x span { position: absolute; top: .2rem; transform: translateX(-50%); line-height: 1; white-space: nowrap; }
.plot path { vector-effect: non-scaling-stroke; }
.grid { stroke: var(--faint); fill: none; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.shade { opacity: .18; }
.total { stroke: var(--text); stroke-width: 1.5; }
.highest { stroke: var(--muted); stroke-width: 1; }
.mark { fill: none; stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 6 4; }
.mark.limit { stroke-width: 2; stroke-dasharray: none; }
.mark-label { position: absolute; max-width: 60%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  padding: 0 .3em; line-height: 1.35; color: var(--text); background: color-mix(in srgb, var(--paper) 60%, transparent); pointer-events: none; }
.band-label { position: absolute; transform: translate(-50%, 50%); padding: 0 .35em; line-height: 1.35; border-radius: .2em;
  color: var(--text); background: color-mix(in srgb, var(--paper) 75%, transparent); white-space: nowrap; pointer-events: none; }
.mark-label.right { right: 0; }
.mark-label.left { left: 0; }
.mark-label.limit { font-weight: 600; }
.dot { fill: none; stroke-width: 7; stroke-linecap: round; }
.stick { fill: none; stroke-width: 1.5; }
.dot.met { stroke-width: 4; }
.met { stroke: var(--k0); }
.missed { stroke: var(--bad); }
.readouts rect { fill: transparent; }
.readouts rect:hover { fill: var(--text); fill-opacity: .1; }
.bar { display: block; width: 100%; height: 1rem; }
.bar.thick { height: 1.75rem; margin: .25rem 0; background: var(--panel); }
.row { display: grid; grid-template-columns: minmax(4.5rem, 18%) minmax(0, 1fr) 4.6rem; gap: .6rem; align-items: center; font-size: .85rem; line-height: 1.5; }
.row .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.row .value { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
.die-and-blocks { display: grid; gap: 1rem 1.5rem; }
.map .die { position: relative; width: min(100%, 40rem, 40rem * var(--ratio)); border: 1px solid var(--muted); }
.map svg { display: block; width: 100%; height: auto; aspect-ratio: var(--ratio); }
.map image { image-rendering: pixelated; }
.block { fill: transparent; stroke: #fff; stroke-opacity: .75; stroke-width: 1; vector-effect: non-scaling-stroke; }
.block-name { position: absolute; transform: translate(-50%, 50%); color: #fff; font-size: 12px; line-height: 1; white-space: nowrap;
  text-shadow: 0 0 2px #000, 0 0 3px #000, 0 0 4px #000; pointer-events: none; }
.block-name.upright { writing-mode: vertical-rl; }
.colour-bar { display: flex; align-items: center; gap: .6rem; width: min(100%, 40rem); margin-top: .5rem; font-size: .85rem; white-space: nowrap; }
.gradient { flex: 1; height: .9rem; }
.scroll { max-width: 100%; max-height: 34rem; overflow: auto; }
.scroll th { position: sticky; top: 0; background: var(--paper); }
table { border-collapse: collapse; font-size: .85rem; overflow-wrap: normal; }
.events td:last-child { min-width: 14rem; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint); }
th { color: var(--muted); font-weight: 600; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.conflict td { background: color-mix(in srgb, var(--bad) 12%, transparent); }
summary { cursor: pointer; color: var(--muted); font-size: .9rem; padding: .3rem 0; }
@media (max-width: 40rem) {
  .roomy { display: none; }
  .block-name { font-size: 9px; }
  .large svg { height: 14rem; }
  .row { grid-template-columns: minmax(0, 1fr) 4.6rem; gap: 0 .6rem; margin-bottom: .25rem; line-height: 1.35; }
  .row .name { grid-column: 1 / 3; text-align: left; }
  .blocks :is(th, td):nth-child(2) { display: none; }
  .events, .events tbody { display: block; }
  .events thead { position: absolute; clip-path: inset(50%); }
  .events tr { display: grid; grid-template-columns: 4.5rem 4.5rem 1fr; border-bottom: 1px solid var(--faint); }
  .events td { border: 0; padding-bottom: 0; }
  .events td:nth-child(4), .events td:last-child { grid-column: 2 / 4; }
}
@media (min-width: 56rem) {
  .die-and-blocks { grid-template-columns: minmax(0, 4fr) minmax(0, 3fr); align-items: start; }
}
@media print {
  body { print-color-adjust: exact; font-size: 12px; }
  .scroll { max-height: none; overflow: visible; }
}
`;

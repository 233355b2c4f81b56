import { DARK, LIGHT, themeCss } from '../drawing/theme.ts';

/** The page's style sheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  ${themeCss(LIGHT)}
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${themeCss(DARK)} }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 90rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
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
figcaption { display: flex; align-items: baseline; gap: .1rem .6rem; font-weight: 600; margin-bottom: .35rem; }
figcaption > * { min-width: 0; }
figcaption > .note { flex: 1; margin: 0; }
.unit { color: var(--muted); font-weight: 400; margin-left: .25rem; }
.note { color: var(--muted); font-weight: 400; font-size: .85rem; margin-left: .5rem; }
p.note { margin-left: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .35rem 0; padding: 0; list-style: none; font-size: .85rem; }
.legend li { position: relative; min-width: 0; padding-left: 1.15em; overflow-wrap: anywhere; }
.legend li:has(.line) { padding-left: 1.55em; }
.legend .key { position: absolute; left: 0; top: .35em; margin: 0; }
.legend .key.line { top: .65em; }
.legend b { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; background: var(--key); }
.key.dot { width: .5em; height: .5em; }
.legend .key.dot { left: .15em; top: .5em; }
.key.line { width: 1.2em; height: 0; background: none; border-top: 3px solid var(--key); vertical-align: middle; }
.chart .canvas { position: relative; touch-action: pan-y; cursor: crosshair; overflow: hidden; }
.chart canvas { display: block; }
.cursor { position: absolute; top: 0; bottom: 22px; left: 0; border-left: 1px solid var(--text); pointer-events: none; }
.brush { position: absolute; top: 8px; bottom: 22px; background: var(--text); opacity: .12; pointer-events: none; }
.overview .canvas { cursor: grab; touch-action: none; }
.window { position: absolute; top: 6px; bottom: 20px; border: 2px solid var(--text); border-radius: 3px; pointer-events: none; }
.controls { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; padding: .4rem 0; margin-bottom: .5rem; background: var(--paper); border-bottom: 1px solid var(--faint); font-size: .85rem; }
.where { margin-left: auto; color: var(--muted); font-variant-numeric: tabular-nums; }
button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--faint); border-radius: .3rem; padding: .15rem .6rem; cursor: pointer; }
button:hover { border-color: var(--muted); }
.stage:focus-visible, button:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.aside { font-size: .85rem; color: var(--muted); margin-bottom: .5rem; }
.aside ul { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; list-style: none; margin: 0; padding: 0; }
.aside li { color: var(--text); }
.aside b { font-weight: 400; color: var(--muted); }
.share { display: inline-block; height: .7em; min-width: 1px; background: var(--k0); }
.tools { flex: none; margin-left: auto; color: var(--muted); }
.tools button { font-size: .72rem; padding: 0 .4rem; margin-left: .25rem; background: none; }
.tools button:hover, .tools button:focus-visible { color: var(--text); }
.stage .legend { min-height: 1.5em; }
.stage figure { margin-bottom: .9rem; }
#chart-decisions .legend { display: block; }
.sentence { font-size: 1.15rem; margin: 0 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); padding: .6rem .8rem; }
code { overflow-wrap: anywhere; }
.bar { display: block; width: 100%; height: 1rem; }
.bar.thick { height: 1.75rem; margin: .25rem 0; background: var(--panel); }
.layers input { accent-color: var(--c0); margin: 0 .3rem 0 0; }
.layers label { font-size: .85rem; margin-right: 1rem; }
#by-component:checked ~ .by-cause, #by-cause:checked ~ .by-component { display: none; }
.row { display: grid; grid-template-columns: minmax(4.5rem, 18%) minmax(0, 1fr) 4.6rem; gap: .6rem; align-items: center; font-size: .85rem; line-height: 1.5; }
.row .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.row .value { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
.still svg { display: block; width: 100%; max-width: 860px; height: auto; }
.still.narrow { display: none; }
.map canvas { display: block; touch-action: pan-y; }
.map-controls { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin: .5rem 0; font-size: .85rem; }
.map-controls input { flex: 1 1 8rem; min-width: 6rem; accent-color: var(--c0); }
.map-controls select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--faint); border-radius: .3rem; }
.map-text { margin: 0; overflow-wrap: anywhere; font-size: .85rem; color: var(--muted); min-height: 1.5em; }
.scroll { position: relative; max-width: 100%; max-height: 46rem; overflow: auto; background:
  linear-gradient(to left, var(--paper) 40%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to left, color-mix(in srgb, var(--text) 20%, transparent), transparent) right / 1rem 100% no-repeat scroll; }
.scroll:not(:has(tbody tr:nth-child(41))) { max-height: none; }
.scroll th { position: sticky; top: 0; z-index: 1; background: linear-gradient(var(--paper), var(--paper)) padding-box; }
.scroll :is(th, td):first-child:not(.number) { position: sticky; left: 0; background: var(--paper); max-width: 45vw; overflow-wrap: break-word; }
.scroll th:first-child { z-index: 2; }
table { border-collapse: separate; border-spacing: 0; font-size: .85rem; overflow-wrap: normal; }
td:last-child:not(.number):not(:first-child) { min-width: 11rem; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint); }
th { color: var(--muted); font-weight: 600; white-space: nowrap; }
th .sort { padding: 0; border: 0; background: none; font: inherit; color: inherit; cursor: pointer; }
th[aria-sort=descending] .sort::after { content: ' ▼'; }
th[aria-sort=ascending] .sort::after { content: ' ▲'; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.conflict { background: color-mix(in srgb, var(--bad) 12%, transparent); }
summary { cursor: pointer; color: var(--muted); font-size: .9rem; padding: .3rem 0; }
@media (max-width: 40rem) {
  .still.wide { display: none; }
  .still.narrow { display: block; }
  .row { grid-template-columns: minmax(0, 1fr) 4.6rem; gap: 0 .6rem; margin-bottom: .25rem; line-height: 1.35; }
  .row .name { grid-column: 1 / 3; text-align: left; }
  figcaption { flex-wrap: wrap; }
  figcaption > .note { order: 1; flex-basis: 100%; }
  .controls { flex-wrap: nowrap; overflow-x: auto; }
  .controls > * { flex: none; white-space: nowrap; }
  .where { order: -1; margin: 0; }
  .scroll:has(.events) { max-height: none; }
  .blocks :is(th, td):nth-child(2) { display: none; }
  .blocks { font-size: .8rem; }
  .blocks th { white-space: normal; }
  .blocks :is(th, td) { padding-right: .35rem; }
  td:last-child:not(.number):not(:first-child) { min-width: 8rem; }
  .events, .events tbody { display: block; }
  .events thead { position: absolute; clip-path: inset(50%); }
  .events tr { display: block; padding: .25rem 0; border-bottom: 1px solid var(--faint); }
  .events td { display: inline; border: 0; padding: 0 .5rem 0 0; overflow-wrap: anywhere; }
  .events .conflict { background: none; }
  .events td:nth-child(3)::after { content: '\\A'; white-space: pre; }
  .events td:nth-child(4):not(:empty)::after { content: ':'; }
}
@media (min-width: 64rem) {
  #over-time { display: grid; grid-template-columns: minmax(0, 1fr) 26rem; gap: 2rem; align-items: start; }
  .beside { position: sticky; top: .5rem; }
}
@media print {
  html { font-size: 12.8px; }
  body { print-color-adjust: exact; font-size: 12px; }
  .scroll { max-height: none; overflow: visible; background: none; }
  .scroll :is(th, td) { position: static; }
  .controls, .tools, .window, .map-controls, .layers input:not(:checked), .layers input:not(:checked) + label { display: none; }
  h2, h3, figcaption, summary { break-after: avoid; }
  pre { break-before: avoid; }
  figure, tr, .row, .bars { break-inside: avoid; }
  .layers { break-inside: auto; }
  .map { max-width: 60%; }
  .row { grid-template-columns: minmax(4.5rem, 26%) minmax(0, 1fr) 4.6rem; }
  .policies { font-size: .8rem; }
  .policies :is(th, td) { padding-right: .4rem; }
  td:last-child:not(.number):not(:first-child) { min-width: 0; }
  canvas { max-width: 100%; height: auto !important; }
  .blocks tbody tr:nth-child(n+41) { display: none; }
  .blocks:has(tbody tr:nth-child(41))::after { content: 'The first 40 blocks; on a screen the page has all.'; display: table-caption; caption-side: bottom; text-align: left; padding-top: .4rem; color: var(--muted); }
}
`;

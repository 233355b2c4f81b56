/// <reference lib="dom" />
import { chartFigure } from '../charts/figure.ts';
import { timeCharts } from '../charts/index.ts';
import type { RunModel } from '../data/model.ts';
import { ChartView } from './chart-view.ts';
import { button, element } from './elements.ts';
import { MapView } from './map-view.ts';
import { OverviewView } from './overview-view.ts';
import { currentTheme, onThemeChange } from './themes.ts';
import { TimeState } from './time-state.ts';
import { toolsFor } from './tools.ts';

/** The charts of a run over one time axis, for any page: it needs the styles of the report and a model. */
export interface TimeView {
  readonly state: TimeState;
  /** Draws everything anew, for a model whose columns have changed. */
  readonly redraw: () => void;
}

/** Builds the charts in `host` and opens on the first place of interest. */
export function timeView(host: HTMLElement, model: RunModel): TimeView {
  const state = new TimeState(model);
  const overview = new OverviewView(model, state);
  const charts = timeCharts(model).map((chart) => {
    const tools = toolsFor(chart.title, () => chartFigure(chart, state.fromS, state.toS));
    return new ChartView(chart, state, tools);
  });
  const where = element('output', { class: 'where' });
  const spoken = element('p', { class: 'spoken', 'aria-live': 'polite' });
  const stage = element('div', { class: 'stage' });
  stage.append(overview.figure, controls(model, state, where), ...charts.map(({ figure }) => figure), spoken);
  host.append(stage);
  const map = model.die && new MapView(model.die, state);
  if (map) host.append(element('div', { class: 'beside' }, map.figure));

  let speaks = false;
  const draw = (what: 'all' | 'view'): void => {
    const width = Math.max(200, stage.clientWidth);
    const scale = Math.min(3, Math.max(1, devicePixelRatio));
    const theme = currentTheme();
    if (what === 'all') overview.draw(width, scale, theme);
    else overview.place();
    for (const chart of charts) chart.draw(width, scale, theme);
    if (what === 'all') map?.draw(Math.max(200, map.figure.clientWidth));
    settle();
  };
  const point = (): void => {
    for (const chart of charts) chart.point();
    settle();
  };
  const settle = (): void => {
    map?.follow();
    where.textContent = whereText(state);
    if (speaks) spoken.textContent = `${whereText(state)}. ${charts.map((chart) => chart.spoken()).join('. ')}`;
    speaks = false;
  };
  const soon = onceAFrame({ view: () => draw('view'), cursor: point, all: () => draw('all') });
  state.onChange((change) => soon(change));
  new ResizeObserver(() => soon('all')).observe(host);
  onThemeChange(() => draw('all'));
  listenToKeys(stage, state, () => {
    speaks = true;
    soon('cursor');
  });
  const [place] = model.places;
  if (place) showAround(state, place.fromS, place.toS);
  draw('all');
  return { state, redraw: () => draw('all') };
}

/** Shows a place with a margin. */
function showAround(state: TimeState, fromS: number, toS: number): void {
  const margin = 0.06 * (toS - fromS);
  state.show(fromS - margin, toS + margin);
}

/** Runs the widest of the requested redraws once before the next picture. */
function onceAFrame(redraws: Readonly<Record<'cursor' | 'view' | 'all', () => void>>) {
  const order = ['cursor', 'view', 'all'] as const;
  let next = -1;
  return (what: (typeof order)[number]): void => {
    const waiting = next >= 0;
    next = Math.max(next, order.indexOf(what));
    if (waiting) return;
    requestAnimationFrame(() => {
      const widest = order[next];
      next = -1;
      redraws[widest]();
    });
  };
}

function controls(model: RunModel, state: TimeState, where: HTMLElement): HTMLElement {
  const places = model.places.map(({ name, fromS, toS }) =>
    button(name.replace(/^the /, ''), `Show ${name}, with the inferences beside it`, () =>
      showAround(state, fromS, toS),
    ),
  );
  return element(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': 'What the charts show' },
    button('whole run', 'Show the whole run (key 0)', () => state.showAll()),
    ...places,
    button('−', 'Zoom out (key -)', () => state.zoom(2)),
    button('+', 'Zoom in (key +)', () => state.zoom(0.5)),
    where,
  );
}

function whereText({ fromS, toS, cursorS, texts }: TimeState): string {
  const view = `${texts.text(fromS)} to ${texts.text(toS)}`;
  return cursorS === null ? view : `${view}; cursor at ${texts.text(cursorS)}`;
}

/** Keys: left and right move the cursor by an epoch, page up and down the view; plus, minus and 0 zoom. */
function listenToKeys(stage: HTMLElement, state: TimeState, speak: () => void): void {
  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowLeft: ({ shiftKey }) => state.step(shiftKey ? -10 : -1),
    ArrowRight: ({ shiftKey }) => state.step(shiftKey ? 10 : 1),
    PageUp: () => state.pan(-0.5),
    PageDown: () => state.pan(0.5),
    '+': () => state.zoom(0.5),
    '=': () => state.zoom(0.5),
    '-': () => state.zoom(2),
    '0': () => state.showAll(),
    Escape: () => state.point(null),
  };
  stage.tabIndex = 0;
  stage.setAttribute('role', 'group');
  stage.setAttribute(
    'aria-label',
    'Charts over time. Left and right arrow: cursor. Plus, minus: zoom. Page up, page down: move. 0: whole run.',
  );
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key](event);
    speak();
  });
}

// The page: window.draw(job) draws a dashboard on its grid and says what is wrong with it.
import { DataFrame, GrafanaTheme2, TimeRange, createTheme, dateTimeFormat } from '@grafana/data';
import { GlobalStyles, PanelChrome, ThemeContext } from '@grafana/ui';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { framesOfRows } from './database';
import { Fault, faultsOf } from './faults';
import { dressed } from './fields';
import { cutOff } from './fit';
import { Dashboard, Job, Panel, Problems } from './job';
import { emptyOrIdle, unknownNames, unnamed } from './known';
import { isPadded, kinds } from './panels';
import { framesOf, rangeOf } from './prometheus';
import { Values, valuesOf } from './variables';

const WIDTH = 1280;
/** Grafana's, as is the gap between panels; the head is ours. */
const CELL = 30;
const GAP = 8;
const HEAD = 46;

declare global {
  interface Window {
    draw(job: Job): Promise<Problems>;
  }
}

interface Shown {
  readonly dashboard: Dashboard;
  readonly theme: GrafanaTheme2;
  readonly range: TimeRange;
  readonly says: string;
  readonly faults: readonly Fault[];
  /** Without frames where a panel has an error. */
  readonly contents: ReadonlyArray<{ readonly panel: Panel; readonly frames?: DataFrame[] }>;
}

function box({ gridPos: { x, y, w, h } }: Panel) {
  const column = (WIDTH - GAP) / 24;
  return { left: GAP + x * column, top: HEAD + y * (CELL + GAP), width: w * column - GAP, height: h * (CELL + GAP) - GAP };
}

function Body({ panel, frames, width, height, ...shown }: Shown & { panel: Panel; frames?: DataFrame[]; width: number; height: number }) {
  const Kind = kinds[panel.type];
  if (Kind && frames?.some((frame) => frame.length > 0)) {
    return <Kind {...{ panel, frames, width, height }} range={shown.range} faults={shown.faults} timeZone={shown.dashboard.timezone} />;
  }
  return <div style={{ height, display: 'grid', placeItems: 'center', color: shown.theme.colors.text.secondary }}>{frames ? 'No data' : 'Error'}</div>;
}

function Page(shown: Shown) {
  const { dashboard, theme, says, contents } = shown;
  const bottom = Math.max(...dashboard.panels.map((panel) => box(panel).top + box(panel).height)) + GAP;
  const head = { display: 'flex', justifyContent: 'space-between', alignItems: 'center', height: HEAD, padding: '0 16px' };
  return (
    <div id="dashboard" style={{ position: 'absolute', left: 0, top: 0, width: WIDTH, height: bottom, background: theme.colors.background.canvas }}>
      <div style={head}>
        <span style={{ ...theme.typography.h4, margin: 0 }}>{dashboard.title}</span>
        <span style={{ color: theme.colors.text.secondary, whiteSpace: 'pre' }}>{says}</span>
      </div>
      {contents.map(({ panel, frames }) => (
        <div key={panel.title} style={{ position: 'absolute', ...box(panel) }}>
          <PanelChrome title={panel.title} description={panel.description} width={box(panel).width} height={box(panel).height} padding={isPadded(panel.type) ? 'md' : 'none'}>
            {(width, height) => <Body {...shown} {...{ panel, frames, width, height }} />}
          </PanelChrome>
        </div>
      ))}
    </div>
  );
}

async function contentOf(panel: Panel, { dashboard, complete }: Job, range: TimeRange, values: Values, theme: GrafanaTheme2, say: (sentence: string) => void) {
  try {
    if (!kinds[panel.type]) throw new Error(`panels of type ${panel.type} cannot be drawn`);
    unknownNames(panel, say);
    const ofDatabase = panel.targets[0]?.rawQueryText !== undefined;
    const answer = ofDatabase ? await framesOfRows(panel, values) : await framesOf(panel, range, Math.round(box(panel).width), values);
    const frames = await dressed(panel, answer, values, theme, dashboard.timezone);
    unnamed(panel, frames, say);
    if (complete) emptyOrIdle(panel, frames, say);
    return { panel, frames };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return { panel };
  }
}

window.draw = async (job) => {
  const { dashboard } = job;
  const problems: Problems = [];
  const theme = createTheme({ colors: { mode: job.theme } });
  const range = rangeOf(job.from, job.to);
  const values = await valuesOf(job);
  const faults = (await Promise.all(dashboard.annotations.list.map((each) => faultsOf(each, range, WIDTH, values)))).flat();
  if (job.complete && faults.length === 0) problems.push('Faults: No data');
  const contents = await Promise.all(
    dashboard.panels.map((panel) => contentOf(panel, job, range, values, theme, (sentence) => problems.push(`${panel.title}: ${sentence}`))),
  );
  const names = [...new Set(faults.map((fault) => fault.name))].join(', ');
  const moment = (seconds: number): string => dateTimeFormat(seconds * 1000, { timeZone: dashboard.timezone, format: 'YYYY-MM-DD HH:mm' });
  const chosen = Object.entries(values).filter(([name]) => name === 'window' || name === 'run').map(([name, value]) => `${name} ${value}`);
  const says = [...(names ? [`faults: ${names}`] : []), `${moment(job.from)} to ${moment(job.to)} UTC`, ...chosen].join('     ');
  const root = createRoot(document.body);
  const show = (page: React.ReactNode): void =>
    flushSync(() =>
      root.render(
        <ThemeContext.Provider value={theme}>
          <GlobalStyles />
          {page}
        </ThemeContext.Provider>,
      ),
    );
  // The styles name the fonts, and axes and titles measure their texts in them.
  show(null);
  await Promise.all(['400 14px Inter', '500 14px Inter'].map((font) => document.fonts.load(font)));
  show(<Page {...{ dashboard, theme, range, says, faults, contents }} />);
  if (job.complete) cutOff(document.body, (sentence) => problems.push(sentence));
  return problems;
};

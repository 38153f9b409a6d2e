// A run's faults: when each was active by the dashboard's annotation, and as shaded times in a graph.
import { TimeRange, rangeUtil } from '@grafana/data';
import { UPlotConfigBuilder } from '@grafana/ui';
import { askSeries } from './asking';
import { Annotation } from './job';
import { legendOf, stepOf } from './prometheus';
import { Values, putIn } from './variables';

export interface Fault {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly begin: number;
  readonly end: number;
  readonly colour: string;
}

export async function faultsOf(annotation: Annotation, range: TimeRange, pixels: number, values: Values): Promise<Fault[]> {
  const colour = annotation.iconColor;
  if (annotation.target) {
    const rows = await window.askDatabase(putIn(annotation.target.rawQueryText ?? '', values));
    return rows.map((row) => ({ name: String(row['title']), begin: Number(row['time']) * 1000, end: Number(row['timeEnd']) * 1000, colour }));
  }
  const [from, to] = [range.from.valueOf() / 1000, range.to.valueOf() / 1000];
  const step = Math.max(stepOf(range, pixels, annotation.step ?? '60s'), rangeUtil.intervalToSeconds(annotation.step ?? '60s'));
  const found: Fault[] = [];
  for (const series of await askSeries(annotation.expr ?? '', Math.floor(from / step) * step, to, step)) {
    const name = legendOf(annotation.titleFormat ?? '', series.metric);
    let last: { name: string; begin: number; end: number; colour: string } | undefined;
    for (const [at] of series.values ?? []) {
      if (last && at * 1000 - last.end <= 1500 * step) last.end = at * 1000;
      else found.push((last = { name, begin: at * 1000, end: at * 1000, colour }));
    }
  }
  return found;
}

/** Over the curves, as Grafana does, with an edge at each end. */
export function shade(config: UPlotConfigBuilder, faults: readonly Fault[]): void {
  config.addHook('draw', ({ ctx, bbox, valToPos }) => {
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.setLineDash([4, 4]);
    for (const fault of faults) {
      const [begin, end] = [valToPos(fault.begin, 'x', true), valToPos(fault.end, 'x', true)];
      ctx.fillStyle = ctx.strokeStyle = fault.colour;
      ctx.globalAlpha = 0.2;
      ctx.fillRect(begin, bbox.top, end - begin, bbox.height);
      ctx.globalAlpha = 1;
      for (const x of [begin, end]) {
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  });
}

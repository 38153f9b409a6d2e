// The one panel that Grafana's library lacks: cells of our own, between its axes.
import { Field, FieldType, colorManipulator, formattedValueToString, getFieldDisplayName, getValueFormat } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder, VizLayout, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { shade } from './faults';
import type { Content } from './panels';

interface Options {
  readonly filterValues?: { readonly le?: number };
  readonly yAxis: { readonly unit: string };
  readonly cellValues: { readonly unit: string };
  readonly color: { readonly mode: string; readonly fill: string; readonly scale: string; readonly exponent: number; readonly min?: number };
  readonly legend: { readonly show: boolean };
}

const LEGEND = 34;
const LABEL = 20;

export function Heatmap({ panel, frames, range, timeZone, faults, width, height }: Content) {
  const theme = useTheme2();
  const options = panel.options as unknown as Options;
  const { mode, scale, fill, exponent } = options.color;
  if (mode !== 'opacity' || scale !== 'exponential') throw new Error(`heatmaps of mode ${mode} and scale ${scale} cannot be drawn`);
  const frame = frames[0];
  const times = frame?.fields.find((field) => field.type === FieldType.time);
  const buckets = frame?.fields.filter((field) => field.type === FieldType.number) ?? [];
  const shown = (value: unknown): value is number => typeof value === 'number' && value > (options.filterValues?.le ?? -Infinity);
  const all = buckets.flatMap((field) => field.values.filter(shown));
  const least = options.color.min ?? all.reduce((one, other) => Math.min(one, other), Infinity);
  const most = all.reduce((one, other) => Math.max(one, other), -Infinity);
  const colourOf = (value: number): string => colorManipulator.alpha(fill, most > least ? ((value - least) / (most - least)) ** exponent : 0);

  const config = useMemo(() => {
    const builder = new UPlotConfigBuilder(timeZone);
    const boundOf = (field: Field | undefined): string => {
      const name = field && frame ? getFieldDisplayName(field, frame, frames) : '';
      return name === '+Inf' ? name : formattedValueToString(getValueFormat(options.yAxis.unit)(Number(name)));
    };
    builder.addScale({
      scaleKey: 'x',
      isTime: true,
      orientation: ScaleOrientation.Horizontal,
      direction: ScaleDirection.Right,
      range: () => [range.from.valueOf(), range.to.valueOf()],
    });
    builder.addScale({ scaleKey: 'y', orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: () => [0, buckets.length] });
    builder.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone, theme });
    const every = Math.ceil((buckets.length * LABEL) / height);
    builder.addAxis({
      scaleKey: 'y',
      placement: AxisPlacement.Left,
      theme,
      // A bucket's bound is its upper edge.
      splits: buckets.map((_, index) => index + 1).filter((split) => split % every === 0),
      values: (_, splits) => splits.map((split) => boundOf(buckets[split - 1])),
    });
    builder.addHook('draw', ({ ctx, valToPos }) => {
      const step = times?.config.interval ?? 0;
      buckets.forEach((bucket, row) => {
        const [bottom, top] = [Math.round(valToPos(row, 'y', true)), Math.round(valToPos(row + 1, 'y', true))];
        bucket.values.forEach((value: unknown, index) => {
          if (!shown(value)) return;
          const [left, right] = [-step, 0].map((past) => Math.round(valToPos(times?.values[index] + past, 'x', true))) as [number, number];
          ctx.fillStyle = colourOf(value);
          ctx.fillRect(left, top, Math.max(right - left, 1), bottom - top);
        });
      });
    });
    shade(builder, faults);
    return builder;
  }, [frame, faults, height]);

  const data: AlignedData = [times?.values ?? [], ...buckets.map((field) => field.values)];
  const written = (value: number): string => formattedValueToString(getValueFormat(options.cellValues.unit)(value));
  const gradient = Array.from({ length: 17 }, (_, index) => colourOf(least + ((most - least) * index) / 16)).join(', ');
  const legend = options.legend.show && (
    <VizLayout.Legend placement="bottom">
      <div style={{ height: LEGEND, width: 300, maxWidth: '100%', margin: '6px auto 0', ...theme.typography.bodySmall }}>
        <div style={{ height: 8, background: `linear-gradient(to right, ${gradient})` }} />
        <div style={{ display: 'flex', justifyContent: 'space-between' }}>
          <span>{written(least)}</span>
          <span>{written(most)}</span>
        </div>
      </div>
    </VizLayout.Legend>
  );
  return (
    <VizLayout width={width} height={height} legend={legend || null}>
      {(width: number, height: number) => <UPlotChart config={config} data={data} width={width} height={height} />}
    </VizLayout>
  );
}

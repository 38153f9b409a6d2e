// A histogram over time: how long, and by its colour how many in a simulated second.
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import { okabeIto } from './palette';
import { Described, described, minimalStep, rate, resource, source, units } from './parts';
import { Histogram, bucketRateOf } from './series';

export interface Heat extends Omit<Described, 'unit'> {
  readonly of: Histogram;
}

export function heat(of: Heat): heatmap.PanelBuilder {
  const query = new prometheus.DataqueryBuilder()
    .refId('A')
    .datasource(source)
    .editorMode(prometheus.QueryEditorMode.Code)
    .expr(`sum by (le) (${rate(bucketRateOf(of.of), ...resource)})`)
    .format(prometheus.PromQueryFormat.Heatmap)
    .legendFormat('{{le}}')
    .interval(minimalStep)
    .range();
  return described(new heatmap.PanelBuilder(), { ...of, unit: units.seconds }, source)
    .maxDataPoints(240)
    .calculate(false)
    .cellGap(0)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Opacity) // a scheme of colours is linear, and few beside many would not be seen
        .fill(okabeIto.orange) // to be seen on white and on black
        .scale(heatmap.HeatmapColorScale.Exponential)
        .exponent(0.3)
        .min(0) // or the least would not be seen
        .steps(64)
        .reverse(false),
    )
    .filterValues(new heatmap.FilterValueRangeBuilder().le(1e-9))
    .cellValues(new heatmap.CellValuesBuilder().unit(units.perSecond))
    .yAxis(new heatmap.YAxisConfigBuilder().unit(units.seconds).axisPlacement(common.AxisPlacement.Left))
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(common.TooltipDisplayMode.Single).yHistogram(true).showColorScale(true))
    .showLegend()
    .targets([query]);
}

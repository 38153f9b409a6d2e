// The panels that Grafana's library has the whole drawing of: curves, numbers, tables.
import { DataFrame, FieldDisplay, FieldType, ReduceDataOptions, TimeRange, VizOrientation, getFieldDisplayValues } from '@grafana/data';
import { TableCellHeight, TableSortByFieldState, VizLegendOptions } from '@grafana/schema';
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, Table, TimeSeries, VizRepeater, useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { Fault, shade } from './faults';
import { Heatmap } from './heatmap';
import { Panel } from './job';

export interface Content {
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly faults: readonly Fault[];
  readonly width: number;
  readonly height: number;
}

function Curves({ panel, frames, range, timeZone, faults, width, height }: Content) {
  const drawn = useMemo(() => frames.map(drawable), [frames]);
  const legend = panel.options['legend'] as VizLegendOptions;
  return (
    <TimeSeries frames={drawn} structureRev={1} timeRange={range} timeZone={timeZone} width={width} height={height} legend={legend} options={panel.options}>
      {(config) => {
        shade(config, faults);
        return null;
      }}
    </TimeSeries>
  );
}

/** A curve has a hole where there is no finite number. */
function drawable(frame: DataFrame): DataFrame {
  const fields = frame.fields.map((field) =>
    field.type === FieldType.number ? { ...field, values: field.values.map((value: number | null) => (Number.isFinite(value) ? value : null)) } : field,
  );
  return { ...frame, fields };
}

function Numbers({ panel, frames, range, timeZone, width, height }: Content) {
  const theme = useTheme2();
  const { graphMode, colorMode, textMode, reduceOptions } = panel.options as unknown as {
    graphMode: BigValueGraphMode;
    colorMode: BigValueColorMode;
    textMode: BigValueTextMode;
    reduceOptions: ReduceDataOptions;
  };
  const getValues = (): FieldDisplay[] =>
    getFieldDisplayValues({
      fieldConfig: panel.fieldConfig,
      reduceOptions,
      replaceVariables: (text) => text,
      theme,
      data: frames,
      sparkline: graphMode !== BigValueGraphMode.None,
      timeZone,
    });
  return (
    <VizRepeater
      width={width}
      height={height}
      source={frames}
      getValues={getValues}
      renderCounter={1}
      orientation={VizOrientation.Auto}
      autoGrid
      renderValue={({ value, width, height, count }) => {
        const sparkline = value.sparkline && { ...value.sparkline, timeRange: range };
        return <BigValue value={value.display} count={count} sparkline={sparkline} {...{ colorMode, graphMode, textMode, theme, width, height }} />;
      }}
    />
  );
}

function Rows({ panel, frames, width, height }: Content) {
  const { showHeader, sortBy, cellHeight } = panel.options as unknown as { showHeader: boolean; sortBy?: TableSortByFieldState[]; cellHeight: TableCellHeight };
  return frames[0] && <Table data={frames[0]} noHeader={!showHeader} initialSortBy={sortBy} fieldConfig={panel.fieldConfig} resizable {...{ cellHeight, width, height }} />;
}

/** As Grafana's own panels of these types say of themselves. */
export const isPadded = (type: string): boolean => type !== 'stat' && type !== 'table';

export const kinds: Readonly<Record<string, (content: Content) => React.ReactNode>> = {
  timeseries: Curves,
  stat: Numbers,
  table: Rows,
  heatmap: Heatmap,
};

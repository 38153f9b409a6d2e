// A table of Prometheus answers: a row for each set of labels, a column for each label and each query.
import * as board from '@grafana/grafana-foundation-sdk/dashboard';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { Described, described, source } from './parts';

export interface Value {
  readonly expression: string;
  readonly name: string;
  readonly unit?: string;
}

export interface Table extends Described {
  readonly labels: readonly string[];
  /** What the labels are called. */
  readonly columns: readonly string[];
  readonly values: readonly Value[];
  readonly sortBy: string;
  /** Of columns, in pixels; the others share what is left. */
  readonly widths: Readonly<Record<string, number>>;
}

export function table(of: Table): PanelBuilder {
  const refIds = of.values.map((_, index) => String.fromCharCode('A'.charCodeAt(0) + index));
  const fields = [...of.labels, ...refIds.map((refId) => `Value #${refId}`)];
  const names = [...of.columns, ...of.values.map((value) => value.name)];
  const panel = described(new PanelBuilder(), of, source)
    .filterable(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(of.sortBy).desc(true)])
    .targets(
      of.values.map((value, index) =>
        new prometheus.DataqueryBuilder()
          .refId(refIds[index] ?? '')
          .datasource(source)
          .editorMode(prometheus.QueryEditorMode.Code)
          .expr(value.expression)
          .format(prometheus.PromQueryFormat.Table)
          .instant(),
      ),
    )
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: Object.fromEntries(fields.map((field, index) => [field, index])),
          renameByName: Object.fromEntries(fields.map((field, index) => [field, names[index]])),
        },
      },
    ] satisfies board.DataTransformerConfig[]);
  for (const value of of.values) if (value.unit) panel.overrideByName(value.name, [{ id: 'unit', value: value.unit }]);
  for (const [name, width] of Object.entries(of.widths)) panel.overrideByName(name, [{ id: 'custom.width', value: width }]);
  return panel;
}

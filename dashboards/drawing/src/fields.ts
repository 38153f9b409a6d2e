// What a panel's fields are by its own transformations and field configuration, by Grafana's code.
import {
  DataFrame,
  Field,
  FieldConfigOptionsRegistry,
  FieldConfigPropertyItem,
  FieldType,
  GrafanaTheme2,
  ScopedVars,
  applyFieldOverrides,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { GraphFieldConfig, TableFieldOptions } from '@grafana/schema';
import { get } from 'lodash';
import { lastValueFrom } from 'rxjs';
import { Panel } from './job';
import { Values, putIn } from './variables';

standardTransformersRegistry.setInit(() =>
  // One of them is there by two names.
  [...new Set(Object.values(standardTransformers))].map((transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation: transformation as never,
    editor: () => null,
    imageDark: '',
    imageLight: '',
  })),
);

const anyField = (): boolean => true;
const numbers = (field: Field): boolean => field.type === FieldType.number;
const notTimes = (field: Field): boolean => field.type !== FieldType.time;

function property(path: string, shouldApply: (field: Field) => boolean, more: Partial<FieldConfigPropertyItem> = {}): FieldConfigPropertyItem {
  const none = (): null => null;
  return { id: path, path, name: path, editor: none, override: none, process: identityOverrideProcessor, shouldApply, ...more };
}

const standard: readonly FieldConfigPropertyItem[] = [
  property('displayName', anyField, { process: displayNameOverrideProcessor, settings: { expandTemplateVars: true } }),
  ...['unit', 'noValue', 'color', 'links', 'mappings'].map((path) => property(path, anyField)),
  ...['min', 'max', 'decimals', 'thresholds'].map((path) => property(path, numbers)),
];

/** Those of a kind of panel; the types of Grafana's schema hold the names. */
const ofGraphs: ReadonlyArray<keyof GraphFieldConfig> = ['axisSoftMax', 'drawStyle', 'lineWidth', 'lineStyle', 'fillOpacity', 'showPoints', 'stacking', 'hideFrom'];
const ofTables: ReadonlyArray<keyof TableFieldOptions> = ['align', 'cellOptions', 'filterable', 'hidden', 'inspect', 'width'];
const ownOf: Readonly<Record<string, { names: readonly string[]; shouldApply: (field: Field) => boolean }>> = {
  timeseries: { names: ofGraphs, shouldApply: notTimes },
  table: { names: ofTables, shouldApply: anyField },
};

export function propertiesOf(type: string): FieldConfigOptionsRegistry {
  const own = ownOf[type];
  const custom = (own?.names ?? []).map((name) => property(name, own?.shouldApply ?? anyField, { id: `custom.${name}`, isCustom: true }));
  return new FieldConfigOptionsRegistry(() => [...standard, ...custom]);
}

export async function dressed(panel: Panel, frames: DataFrame[], values: Values, theme: GrafanaTheme2, timeZone: string): Promise<DataFrame[]> {
  const replaceVariables = (text: string, scoped?: ScopedVars): string => putIn(ofField(text, scoped), values);
  const transformed = await lastValueFrom(transformDataFrame(panel.transformations ?? [], frames, { interpolate: (text) => putIn(text, values) }));
  return applyFieldOverrides({
    data: transformed,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: propertiesOf(panel.type),
    replaceVariables,
    theme,
    timeZone,
  });
}

/** `${__field.…}` by what the field has there. */
function ofField(text: string, scoped: ScopedVars | undefined): string {
  const field: unknown = scoped?.['__dataContext']?.value.field;
  return text.replace(/\$\{__field\.([\w.]+)\}/g, (all, path: string) => String(get(field, path) ?? all));
}

// What Grafana's registries say of a panel: what is named in it must be there, and its fields must have names and data.
import {
  DataFrame,
  FieldType,
  fieldColorModeRegistry,
  fieldMatchers,
  fieldReducers,
  getFieldDisplayName,
  getValueFormats,
  standardTransformersRegistry,
} from '@grafana/data';
import { BigValueColorMode, BigValueGraphMode, BigValueTextMode } from '@grafana/ui';
import { propertiesOf } from './fields';
import { Panel } from './job';

type Known = (id: string) => boolean;

const unitIds = new Set(getValueFormats().flatMap((category) => category.submenu?.map((unit) => unit.value) ?? []));
// Grafana itself puts a blank before a suffix.
const isUnit: Known = (id) => unitIds.has(id) || /^(suffix:\S|prefix:.)/.test(id);
const isReducer: Known = (id) => fieldReducers.getIfExists(id) !== undefined;
const isOneOf = (names: object): Known => (id) => Object.values(names).includes(id);
/** What must know a name that stands by this key, wherever in a panel. */
const named: Readonly<Record<string, Known>> = {
  unit: isUnit,
  reducer: isReducer,
  calcs: isReducer,
  colorMode: isOneOf(BigValueColorMode),
  graphMode: isOneOf(BigValueGraphMode),
  textMode: isOneOf(BigValueTextMode),
};

function unknownIn(value: unknown, say: (sentence: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const look = (key: string, of: unknown): void => {
    const isKnown = named[key];
    for (const id of Array.isArray(of) ? of : [of]) if (isKnown && typeof id === 'string' && !isKnown(id)) say(`Grafana knows no ${key} "${id}"`);
  };
  for (const [key, of] of Object.entries(value)) {
    look(key, of);
    unknownIn(of, say);
  }
  // A property of an override has its name in `id`.
  if ('id' in value && 'value' in value) look(String(value.id), value.value);
}

/** What a panel names that Grafana does not have; nothing of it depends on data. */
export function unknownNames(panel: Panel, say: (sentence: string) => void): void {
  unknownIn(panel.fieldConfig, say);
  unknownIn(panel.options, say);
  const { defaults, overrides } = panel.fieldConfig;
  const properties = propertiesOf(panel.type);
  const own = Object.keys((defaults.custom as object | undefined) ?? {}).map((name) => `custom.${name}`);
  const set = [...Object.keys(defaults).filter((name) => name !== 'custom'), ...own, ...overrides.flatMap((rule) => rule.properties.map(({ id }) => id))];
  for (const id of new Set(set)) if (!properties.getIfExists(id)) say(`Grafana knows no property "${id}" of this panel`);
  for (const { matcher } of overrides) if (!fieldMatchers.getIfExists(matcher.id)) say(`Grafana knows no matcher "${matcher.id}"`);
  for (const { id } of panel.transformations ?? []) if (!standardTransformersRegistry.getIfExists(id)) say(`Grafana knows no transformation "${id}"`);
  const colours = [defaults.color, ...overrides.flatMap((rule) => rule.properties.filter(({ id }) => id === 'color').map(({ value }) => value))];
  for (const colour of colours) if (colour && !fieldColorModeRegistry.getIfExists(colour.mode)) say(`Grafana knows no colour mode "${colour.mode}"`);
}

function fieldsOf(frames: DataFrame[]) {
  return frames.flatMap((frame) => frame.fields.map((field) => ({ field, frame })));
}

/** Curves that are called by what no reader wants to see. */
export function unnamed(panel: Panel, frames: DataFrame[], say: (sentence: string) => void): void {
  for (const { field, frame } of fieldsOf(frames)) {
    if (panel.type !== 'table' && field.type !== FieldType.number) continue;
    const name = getFieldDisplayName(field, frame, frames);
    if (name === '' || /^value\b|^\{|=["']|\{\{|\$\{/i.test(name)) say(`a series is called "${name}"`);
  }
}

/** Panels without data, and overrides of fields that are not there. */
export function emptyOrIdle(panel: Panel, frames: DataFrame[], say: (sentence: string) => void): void {
  const fields = fieldsOf(frames);
  if (!fields.some(({ field }) => (panel.type === 'table' || field.type === FieldType.number) && field.values.some(Number.isFinite))) say('No data');
  // Patterns over a database are of what a run may have.
  const ofDatabase = panel.targets[0]?.rawQueryText !== undefined;
  for (const { matcher } of panel.fieldConfig.overrides) {
    if (matcher.id !== 'byName' && (matcher.id !== 'byRegexp' || ofDatabase)) continue;
    const matches = fieldMatchers.get(matcher.id).get(matcher.options);
    if (!fields.some(({ field, frame }) => matches(field, frame, frames))) say(`no field is called ${String(matcher.options)}`);
  }
}

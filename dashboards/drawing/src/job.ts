// What the program hands to the page, and what the page says of it.
import type { DataTransformerConfig, FieldConfigSource } from '@grafana/data';

export interface Target {
  readonly refId: string;
  /** Of Prometheus. */
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly format?: string;
  readonly instant?: boolean;
  readonly interval?: string;
  /** Of SQLite. */
  readonly rawQueryText?: string;
  readonly queryType?: string;
  readonly timeColumns?: readonly string[];
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: FieldConfigSource;
  readonly options: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
  readonly transformations?: DataTransformerConfig[];
  readonly maxDataPoints?: number;
}

export interface Annotation {
  readonly iconColor: string;
  readonly expr?: string;
  readonly step?: string;
  readonly titleFormat?: string;
  readonly target?: Target;
}

export interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly definition?: string;
  readonly allValue?: string;
  readonly sort?: number;
}

export interface Dashboard {
  readonly title: string;
  readonly timezone: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly templating: { readonly list: readonly Variable[] };
}

export interface Job {
  readonly dashboard: Dashboard;
  readonly theme: 'dark' | 'light';
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Values of variables that are not left to their queries. */
  readonly chosen: Readonly<Record<string, string>>;
  /** Whether the data have all that the panels may show: then one that stays empty is wrong. */
  readonly complete: boolean;
}

/** What is wrong, each a sentence that names its panel. */
export type Problems = string[];

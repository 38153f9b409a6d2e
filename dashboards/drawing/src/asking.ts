// How the page asks for data: the program answers, so that the page needs no network of its own.
export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [number, string];

export interface Series {
  readonly metric: Labels;
  readonly values?: readonly Sample[];
  readonly value?: Sample;
}

export type Row = Readonly<Record<string, string | number | null>>;

declare global {
  interface Window {
    /** The `data` of an answer of Prometheus' API. Rejects with what Prometheus has against the question. */
    askPrometheus(path: string, parameters: ReadonlyArray<readonly [string, string]>): Promise<unknown>;
    /** The rows of a statement. Rejects with what SQLite has against it. */
    askDatabase(statement: string): Promise<Row[]>;
  }
}

/** By matrix where `range` is given, else of one instant. */
export async function askSeries(expression: string, from: number, to: number, step?: number): Promise<Series[]> {
  const data =
    step === undefined
      ? await window.askPrometheus('/api/v1/query', [['query', expression], ['time', String(to)]])
      : await window.askPrometheus('/api/v1/query_range', [['query', expression], ['start', String(from)], ['end', String(to)], ['step', String(step)]]);
  return (data as { result: Series[] }).result;
}

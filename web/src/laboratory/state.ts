/** How the sandbox stands, as src/sessions_guide/laboratory.py tells it. Times are Unix seconds. */

/** A row of a table, a key or a switch: its fields, and what the last step did to it. */
export interface Row {
  key: string;
  state?: string;
  change?: "new" | "changed" | "gone";
  /** Of a changed row: the fields that changed, as they were. */
  was?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Table {
  table: string;
  total: number;
  rows: Row[];
}

export type Choice = boolean | string | null;

export interface Switch extends Row {
  name: string;
  /** What it takes: in words, or one of these. */
  kind: string | Choice[];
  value: boolean | number | string | null;
  meaning: string;
}

/** Something ends: the first of its kind that is still to come. */
export interface Moment {
  table: string;
  key: string;
  what: string;
  at: number;
}

export interface State {
  now: number;
  before: number;
  clients: Record<string, string>;
  tables: Table[];
  keys: Row[];
  switches: Switch[];
  moments: Moment[];
  /** Names of the switches that were turned in the laboratory. */
  turned: string[];
  /** How much else was done there since the program began. */
  by_hand: number;
  /** How much of that was lost when the program began afresh. */
  forgotten: number;
}

/** Something to do, and how to say that it is done. */
export interface Deed {
  act: { do: string; [argument: string]: unknown };
  done: string;
}

export type Do = (deed: Deed) => void;

const LONGEST_NAME = 12;

/** "09:00:00", with the date where it is another day than `today`. */
export function timeText(seconds: number, today: number): string {
  const [date, time] = dateAndTime(seconds);
  return date === dateAndTime(today)[0] ? time : `${date} ${time}`;
}

/** The whole of it: "2026-01-05 09:00:00". */
export function fullTime(seconds: number): string {
  return dateAndTime(seconds).join(" ");
}

/** Messages of the sandbox have Unix seconds; a reader has a clock. */
export function withTimes(text: string, today: number): string {
  return text.replace(/\b[1-9]\d{9}\b/g, (seconds) => timeText(Number(seconds), today));
}

/** The beginning of a long identifier. */
export function short(name: unknown): string {
  const text = String(name ?? "");
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}

export function counted(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** What the last step did to these, in words: "2 new, 1 gone"; nothing if it did nothing. */
export function changesOf(rows: Row[]): string {
  return (["new", "changed", "gone"] as const)
    .map((change) => ({ change, number: rows.filter((row) => row.change === change).length }))
    .filter(({ number }) => number > 0)
    .map(({ change, number }) => `${number} ${change}`)
    .join(", ");
}

export function rowsOf(state: State, table: string): Row[] {
  return state.tables.find((one) => one.table === table)?.rows.filter((row) => row.change !== "gone") ?? [];
}

function dateAndTime(seconds: number): [date: string, time: string] {
  const text = new Date(seconds * 1000).toISOString();
  return [text.slice(0, 10), text.slice(11, 19)];
}

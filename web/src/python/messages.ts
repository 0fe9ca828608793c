/** What the window and the worker say to each other. */

/** Everything that must arrive before Python runs. */
export const RUNTIME_FILES = [
  "worker.js",
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm.gz",
  "snapshot.bin.gz",
  "programs.zip",
] as const;
export type RuntimeFile = (typeof RUNTIME_FILES)[number];

/** What may be asked for later, by a program that imports more than those of the pages. */
export const LIBRARY_FILES = ["stdlib.zip", "packages.zip"] as const;
export type LibraryFile = (typeof LIBRARY_FILES)[number];

export interface RunRequest {
  /** The program, such as "cookies/logout.py". */
  file: string;
  section: string;
  /** The reader's own sources, by section. */
  edits: Record<string, string>;
}

export type Header = [name: string, value: string];

/** One HTTP exchange, as the sandbox records it. */
export interface Exchange {
  number: number;
  /** Unix seconds of the sandbox's clock. */
  time: number;
  /** The User-Agent of who asked. */
  sender: string;
  method: string;
  url: string;
  request_headers: Header[];
  request_body: string;
  status: number;
  reason: string;
  response_headers: Header[];
  response_body: string;
}

/** What one run of a section gave. */
export interface RunResult {
  output: string;
  /** The traceback, if it failed. */
  error: string | null;
  /** The line (from 1) that failed, of the code of a section as its block shows it. */
  error_line: number | null;
  error_section: string | null;
  exchanges: Exchange[];
}

/**
 * What the page asks of Python beside runs. `kind` says who answers: "state" and "act" (how the sandbox stands,
 * and an operation on it) src/sessions_guide/laboratory.py, "inspect" src/sessions_guide/token_inspector.py.
 */
export interface Question {
  kind: "state" | "act" | "inspect";
  [name: string]: unknown;
}

/** What was asked cannot be answered, and why. Other answers have no `error`. */
export interface Refusal {
  error: string;
}

/** Work for one tab, with the history that leads to the state of its sandbox. */
export type TabWork = { tab: string; history: string } & ({ request: RunRequest } | { question: Question });

/** Every message about this work carries its key: a program can send messages too, but does not know it. */
export type ToWorker = TabWork & { key: string };

export type FromWorker =
  | { type: "loading"; file: RuntimeFile; bytes: number }
  | { type: "loaded"; file: RuntimeFile }
  | { type: "step"; step: string }
  | { type: "ready" }
  | { type: "failed"; reason: string }
  | { type: "output"; key: string; text: string }
  | { type: "result"; key: string; result: RunResult; history: string }
  | { type: "answer"; key: string; answer: unknown; history: string }
  | { type: "crashed"; key: string; reason: string };

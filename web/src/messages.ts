/** What the window and the worker say to each other. */

/** Everything that must arrive before Python runs. */
export const RUNTIME_FILES = [
  "worker.js",
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "stdlib.zip",
  "packages.zip",
] as const;
export type RuntimeFile = (typeof RUNTIME_FILES)[number];

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
  error_line: number | null;
  exchanges: Exchange[];
}

export interface ToWorker {
  run: number;
  request: RunRequest;
}

export type FromWorker =
  | { type: "alive" }
  | { type: "loaded"; file: RuntimeFile }
  | { type: "step"; step: string }
  | { type: "ready" }
  | { type: "failed"; reason: string }
  | { type: "output"; run: number; text: string }
  | { type: "result"; run: number; result: RunResult }
  | { type: "crashed"; run: number; reason: string };

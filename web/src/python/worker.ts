/** The worker: starts Python with the sandbox in it, then runs sections one after the other. */
import "./confined.ts";
import type { loadPyodide as LoadPyodide, PyodideAPI } from "pyodide";
import { Downloads } from "./downloads.ts";
import type { FromWorker, LibraryFile, Question, Refusal, ToWorker } from "./messages.ts";
import { fetchOnDemand } from "./on_demand.ts";
import { OutputStream } from "./output_stream.ts";

/** Pyodide's list of packages, empty: ours come in packages.zip. Set by the build. */
declare const PYODIDE_LOCK: string;

/** What Python offers: WorkerApi of src/sessions_guide/worker_api.py. */
interface WorkerApi {
  run(request: string, onOutput: (text: string) => void): string;
  ask(question: string): string;
  turn_to(reader: string, history: string): void;
  history(): string;
}

const START = `
from sessions_guide.worker_api import start
start("/lib/programs.zip")
`;
/** Where Python looks for what is not in the picture of its memory. */
const LIBRARY: [path: string, file: LibraryFile][] = [
  ["/lib/python314.zip", "stdlib.zip"],
  ["/lib/packages.zip", "packages.zip"],
];
const SNAPSHOT_MAGIC = "\0snp";
const ZIP_MAGIC = "PK";

const base = new URL(".", import.meta.url);
const post = self.postMessage.bind(self); // before a program can put another in its place
const tell = (message: FromWorker): void => post(message);

async function start(): Promise<WorkerApi> {
  const downloads = new Downloads(base, tell);
  const wasm = downloads.wasm("pyodide.asm.wasm.gz");
  const snapshot = downloads.bytes("snapshot.bin.gz", SNAPSHOT_MAGIC, "a picture of Python's memory");
  const programs = downloads.bytes("programs.zip", ZIP_MAGIC, "a zip archive");
  const modules = [
    downloads.module<{ loadPyodide: typeof LoadPyodide }>("pyodide.mjs"),
    downloads.module<unknown>("pyodide.asm.mjs"),
  ] as const;
  // Whatever fails first is told, and not only what is waited for first.
  await Promise.all([wasm, snapshot, programs, ...modules]);
  const { loadPyodide } = await modules[0];
  const python = await wake(loadPyodide, await wasm, await snapshot);
  for (const [path, file] of LIBRARY) {
    fetchOnDemand(python.FS, path, new URL(file, base));
  }
  python.FS.writeFile("/lib/programs.zip", await programs);
  tell({ type: "step", step: "starting the sandbox" });
  return python.runPython(START);
}

/** Wakes Python from a picture of its memory. */
async function wake(
  loadPyodide: typeof LoadPyodide,
  module: WebAssembly.Module,
  snapshot: Uint8Array,
): Promise<PyodideAPI> {
  const { fetch } = self;
  self.fetch = async () => new Response(); // Pyodide would fetch what is there, or is not needed
  WebAssembly.instantiateStreaming = async (_, imports) => {
    tell({ type: "step", step: "waking the interpreter" });
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  const configuration = { indexURL: base.href, lockFileContents: PYODIDE_LOCK, _loadSnapshot: snapshot };
  const python = await loadPyodide(configuration);
  self.fetch = fetch;
  return python;
}

function serve(api: WorkerApi): void {
  self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    const { key } = data;
    const output = new OutputStream((text) => tell({ type: "output", key, text }));
    try {
      api.turn_to(data.tab, data.history);
      if ("question" in data) {
        const answer = answerTo(api, data.question);
        tell({ type: "answer", key, answer, history: api.history() });
      } else {
        const result = api.run(JSON.stringify(data.request), (text) => output.write(text));
        output.flush();
        tell({ type: "result", key, result: JSON.parse(result), history: api.history() });
      }
    } catch (error) {
      output.flush();
      tell({ type: "crashed", key, reason: String(error) });
    }
  });
}

function answerTo(api: WorkerApi, question: Question): unknown {
  try {
    return JSON.parse(api.ask(JSON.stringify(question)));
  } catch (error) {
    return { error: lastLine(error) } satisfies Refusal;
  }
}

/** Of a Python traceback the last line says what is wrong. */
function lastLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n").at(-1) ?? "";
}

tell({ type: "loaded", file: "worker.js" });
start().then(
  (api) => {
    serve(api);
    tell({ type: "ready" });
  },
  (error) => tell({ type: "failed", reason: lastLine(error) }),
);

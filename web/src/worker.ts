/** The worker: starts Python with the sandbox in it, then runs sections one after the other. */
import type { loadPyodide as LoadPyodide, PyodideAPI } from "pyodide";
import { Downloads } from "./downloads.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { OutputStream } from "./output_stream.ts";

/** Pyodide's list of packages, empty: ours come in packages.zip. Set by the build. */
declare const PYODIDE_LOCK: string;

type RunSection = (request: string, onOutput: (text: string) => void) => string;
type Start = (onStep: (step: string) => void) => RunSection;

const START = `
import gc, sys
gc.disable()  # until what stays for good is there
sys.path.insert(0, "/lib/packages.zip")


def start(on_step):
    from sessions_guide.worker_api import WorkerApi, prepare

    api = WorkerApi("/lib/packages.zip", prepare(on_step))
    gc.freeze()
    gc.enable()
    return api.run


start
`;

const base = new URL(".", import.meta.url);
const tell = (message: FromWorker): void => self.postMessage(message);

async function start(): Promise<RunSection> {
  const downloads = new Downloads(base, tell);
  const started = downloads.wasm("pyodide.asm.wasm");
  const stdlib = downloads.zip("stdlib.zip");
  const packages = downloads.zip("packages.zip");
  const python = startPython(downloads);
  await Promise.all([python, started, stdlib, packages]);
  const { FS, runPython } = await python;
  FS.writeFile("/lib/packages.zip", await packages);
  const startPrograms: Start = runPython(START);
  return startPrograms((step) => tell({ type: "step", step }));
}

async function startPython(downloads: Downloads): Promise<PyodideAPI> {
  const [{ loadPyodide }] = await Promise.all([
    downloads.module<{ loadPyodide: typeof LoadPyodide }>("pyodide.mjs"),
    downloads.module("pyodide.asm.mjs"),
  ]);
  return loadPyodide({
    indexURL: base.href,
    stdLibURL: new URL("stdlib.zip", base).href,
    lockFileContents: PYODIDE_LOCK,
  });
}

function serve(runSection: RunSection): void {
  self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    const { run, request } = data;
    const output = new OutputStream((text) => tell({ type: "output", run, text }));
    try {
      const result = runSection(JSON.stringify(request), (text) => output.write(text));
      output.flush();
      tell({ type: "result", run, result: JSON.parse(result) });
    } catch (error) {
      output.flush();
      tell({ type: "crashed", run, reason: String(error) });
    }
  });
}

/** Of a Python traceback the last line says what is wrong. */
function lastLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n").at(-1) ?? "";
}

tell({ type: "loaded", file: "worker.js" });
start().then(
  (runSection) => {
    serve(runSection);
    tell({ type: "ready" });
  },
  (error) => tell({ type: "failed", reason: lastLine(error) }),
);

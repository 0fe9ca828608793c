// Runs a Python program under Pyodide, with folders of this machine mounted, and prints what it evaluates to.
// node run_in_pyodide.mjs PYODIDE_FOLDER PROGRAM INPUT_JSON MOUNTED_AT=FOLDER ...
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodideFolder, program, input, ...mounts] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const python = await loadPyodide();
for (const mount of mounts) {
  const [at, root] = mount.split("=", 2);
  python.FS.mkdirTree(at);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, at);
}
const dateNow = Date.now;
python.globals.set("input_json", input);
try {
  const output = python.runPython(readFileSync(program, "utf-8"));
  console.log(JSON.stringify({ ...JSON.parse(output), dateNowIsBack: Date.now === dateNow }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

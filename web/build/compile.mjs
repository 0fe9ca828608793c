// Compiles staged Python sources with the very Pyodide that will run them.
// Usage: node compile.mjs '[{"stage": "folder", "root": "/lib/packages.zip", "out": "folder/packages.zip"}, …]'
import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const archives = JSON.parse(process.argv[2]);
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
python.runPython(readFileSync(new URL("compile_archive.py", import.meta.url), "utf8"));
const compileArchive = python.globals.get("compile_archive");

archives.forEach(({ stage, root, out }, index) => {
  const mount = `/stage/${index}`;
  python.FS.mkdirTree(mount);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: stage }, mount);
  compileArchive(mount, root, "/archive.zip");
  writeFileSync(out, python.FS.readFile("/archive.zip"));
});

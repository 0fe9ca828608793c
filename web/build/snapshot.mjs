// Takes a picture of Python's memory when all is imported, with the very Pyodide that will wake from it.
// Usage: node snapshot.mjs '{"stdlib": "stdlib.zip", "packages": "packages.zip", "modules": […], "out": "snapshot.bin"}'
import crypto from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const { stdlib, packages, modules, out } = JSON.parse(process.argv[2]);

// The same sources are to give the same bytes: no time, no chance and no place is to be seen in them.
process.argv = ["node", "python"];
Date.now = () => 0;
performance.now = () => 0;
crypto.randomFillSync = (bytes) => bytes.fill(0);

const python = await loadPyodide({ _makeSnapshot: true, stdLibURL: stdlib, env: { PYTHONHASHSEED: "0" } });
python.FS.writeFile("/lib/packages.zip", readFileSync(packages));
python.runPython(`
import sys

sys.path.insert(0, "/lib/packages.zip")
from sessions_guide.worker_api import prepare

prepare(${JSON.stringify(modules)})
`);
writeFileSync(out, python.makeMemorySnapshot());

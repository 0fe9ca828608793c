// Bundles the page's script and the worker's. Usage: node scripts.mjs folder
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = (name) => fileURLToPath(new URL(`../src/${name}`, import.meta.url));
const stockLock = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("pyodide/pyodide-lock.json"))));
const emptyLock = JSON.stringify({ info: stockLock.info, packages: {} });

await build({
  entryPoints: [source("run.ts"), source("worker.ts")],
  outdir: process.argv[2],
  bundle: true,
  define: { PYODIDE_LOCK: JSON.stringify(emptyLock) },
  format: "esm",
  target: ["chrome111", "firefox128", "safari16.4"],
  charset: "utf8",
  minify: true,
  logLevel: "warning",
});

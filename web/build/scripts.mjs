// Bundles the page's script, the worker's, the service worker's and the theme's. Usage: node scripts.mjs folder
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = (name) => fileURLToPath(new URL(`../src/${name}`, import.meta.url));
const stockLock = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("pyodide/pyodide-lock.json"))));
const emptyLock = JSON.stringify({ info: stockLock.info, packages: {} });

const settings = {
  outdir: process.argv[2],
  bundle: true,
  target: ["chrome111", "firefox128", "safari16.4"],
  charset: "utf8",
  minify: true,
  logLevel: "warning",
  define: {
    PYODIDE_LOCK: JSON.stringify(emptyLock),
    // The bundle, which is not known yet, is written in later.
    BUILD_NAME: '"@BUILD_NAME@"',
    BUILD_SIZES: '"@BUILD_SIZES@"',
  },
};
// No module: the page waits for it before it paints.
await build({ ...settings, entryPoints: [source("theme.ts")], format: "iife" });
for (const name of ["run.ts", "editor/code_editor.ts", "python/worker.ts", "offline/service_worker.ts"]) {
  await build({ ...settings, entryPoints: [source(name)], format: "esm" });
}

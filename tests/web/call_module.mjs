// Calls a function of a module in web/src. Usage: node call_module.mjs marks markUrl '["https://…"]'; prints JSON.
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const [, , module, name, parameters] = process.argv;
const entry = fileURLToPath(new URL(`../../web/src/${module}.ts`, import.meta.url));
const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, format: "esm", write: false });
const { [name]: called } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);
console.log(JSON.stringify(called(...JSON.parse(parameters))));

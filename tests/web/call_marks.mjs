// Calls a function of web/src/marks.ts. Usage: node call_marks.mjs markUrl '["https://…"]'; prints its result as JSON.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

const [, , name, parameters] = process.argv;
const source = readFileSync(new URL("../../web/src/marks.ts", import.meta.url), "utf8");
const { code } = transformSync(source, { loader: "ts", format: "esm" });
const marks = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
console.log(JSON.stringify(marks[name](...JSON.parse(parameters))));

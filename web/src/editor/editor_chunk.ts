/** CodeMirror's script, fetched when it is first needed. */
import { BUILD } from "../python/build.ts";
import type { CodeField, coloured } from "./code_editor.ts";

export interface EditorChunk {
  CodeField: typeof CodeField;
  coloured: typeof coloured;
}

let fetched: Promise<EditorChunk | null> | null = null;
let chunk: EditorChunk | null = null;

/** The script, if it has come already. */
export function editorChunk(): EditorChunk | null {
  return chunk;
}

/** The script, or null where it cannot be had. */
export function fetchEditorChunk(): Promise<EditorChunk | null> {
  fetched ??= load();
  return fetched;
}

async function load(): Promise<EditorChunk | null> {
  try {
    chunk = (await import(new URL(`${BUILD}/code_editor.js`, import.meta.url).href)) as EditorChunk;
  } catch {
    chunk = null;
  }
  return chunk;
}

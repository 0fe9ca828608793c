/**
 * What Material and Zensical do with scripts inside each page, which the site's content policy forbids: names for the
 * theme's own script to use, and the reader's choice of colours, before anything is painted.
 */
export {};

declare global {
  var __md_scope: URL;
  var __md_hash: (text: string) => number;
  var __md_get: (key: string, storage?: Storage, scope?: URL) => unknown;
  var __md_set: (key: string, value: unknown, storage?: Storage, scope?: URL) => void;
}

interface Palette {
  color?: Record<string, string>;
}

const AS_THE_SYSTEM = "(prefers-color-scheme)";

const script = document.currentScript as HTMLScriptElement;
globalThis.__md_scope = new URL("../..", script.src); // the site's root: this is assets/run/theme.js
globalThis.__md_hash = (text) =>
  [...text].reduce((hash, letter) => (hash << 5) - hash + letter.charCodeAt(0), 0);
globalThis.__md_get = (key, storage = localStorage, scope = __md_scope) =>
  JSON.parse(storage.getItem(`${scope.pathname}.${key}`) ?? "null");
globalThis.__md_set = (key, value, storage = localStorage, scope = __md_scope) => {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch {
    // A reader may forbid the storage: the choice then lasts for this page.
  }
};
document.documentElement.dataset.platform = navigator.platform;

const chosen = (__md_get("__palette") as Palette | null)?.color;
for (const [name, value] of Object.entries(chosen ? coloursOf(chosen) : {})) {
  document.body.setAttribute(`data-md-color-${name}`, value);
}

/** Who follows the system gets the colours that it asks for now. The page's switch has the names of each choice. */
function coloursOf(color: Record<string, string>): Record<string, string> {
  if (color.media !== AS_THE_SYSTEM) {
    return color;
  }
  const wanted = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const choice = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${wanted})"]`);
  const names = ["media", "scheme", "primary", "accent"];
  return Object.fromEntries(names.map((name) => [name, choice?.getAttribute(`data-md-color-${name}`) ?? ""]));
}

/** The line of the page's own code that failed, marked in place. */
import { element } from "../dom.ts";
import { rangeOf } from "./recorded.ts";

/** What a marked line says of itself, to those who cannot see its colour too. */
export const ERROR_HERE = "← error in this line";

/** Mark a line (from 1) of highlighted code. Returns what takes the mark off again. */
export function markErrorLine(code: HTMLElement, line: number): () => void {
  const lines = (code.textContent ?? "").split("\n");
  const text = lines[line - 1];
  if (text === undefined) {
    return () => {};
  }
  const start = lines.slice(0, line - 1).reduce((sum, above) => sum + above.length + 1, 0);
  const range = rangeOf(code, start, start + text.length);
  const mark = element("span", "run-error-line", range.extractContents());
  const words = element("span", "run-error-here", ERROR_HERE);
  range.insertNode(words);
  range.insertNode(mark);
  return () => {
    words.remove();
    mark.replaceWith(...mark.childNodes);
  };
}

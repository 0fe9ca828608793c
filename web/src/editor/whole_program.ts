/** The whole program behind an excerpt, to read, to copy and to download. */

import { button, element } from "../dom.ts";
import { BUILD } from "../python/build.ts";
import { fetchEditorChunk } from "./editor_chunk.ts";
import { wholeText } from "./program_text.ts";

type Piece = [text: string, className: string];

let lastId = 0;

/**
 * Opens a dialog for `file`, with the lines of `section` marked. `edits` are the reader's, by section. It stands in
 * the page behind `block`, and goes when that goes.
 */
export async function openWholeProgram(
  block: HTMLElement,
  file: string,
  section: string,
  edits: Record<string, string>,
): Promise<void> {
  const dialog = new WholeProgram(block, file);
  try {
    const response = await fetch(new URL(`${BUILD}/programs/${file}`, import.meta.url));
    if (!response.ok) {
      throw new Error(`the server answers ${response.status}`);
    }
    await dialog.show(await response.text(), section, edits);
  } catch (error) {
    dialog.tell(`${file} could not be loaded: ${error instanceof Error ? error.message : error}.`);
  }
}

class WholeProgram {
  private readonly about = element("p", "run-program-about");
  private readonly status = element("p", "run-status");
  private readonly code = element("code", "");
  private readonly copy = button("run-program-copy", "Copy", () => void this.toClipboard());
  private readonly download = element("a", "run-program-download", "Download");
  private text = "";

  constructor(block: HTMLElement, file: string) {
    lastId += 1;
    const heading = element("h2", "run-program-title", file);
    heading.id = `run-program-${lastId}`;
    const dialog = element("dialog", "run-program md-typeset");
    dialog.setAttribute("aria-labelledby", heading.id);
    const close = button("run-program-close", "Close", () => dialog.close());
    this.status.setAttribute("role", "status");
    this.copy.hidden = this.download.hidden = true;
    this.download.download = file.split("/").at(-1) ?? file;
    const pre = element("pre", "run-program-code", this.code);
    pre.tabIndex = 0; // it scrolls
    pre.setAttribute("role", "region");
    pre.setAttribute("aria-labelledby", heading.id);
    const bar = element("div", "run-bar", this.copy, this.download, close, this.status);
    dialog.append(heading, this.about, bar, element("div", "highlight", pre));
    dialog.addEventListener("close", () => {
      dialog.remove();
      URL.revokeObjectURL(this.download.href);
    });
    block.after(dialog);
    dialog.showModal();
  }

  tell(text: string): void {
    this.status.textContent = text;
  }

  async show(file: string, section: string, edits: Record<string, string>): Promise<void> {
    const { text, lines } = wholeText(file, edits, section);
    this.text = text;
    this.about.textContent = `${excerpt(lines)} ${edited(edits)}`;
    this.download.href = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
    this.copy.hidden = this.download.hidden = false;
    this.fill([[text, ""]], lines);
    this.code.querySelector(".run-program-excerpt")?.scrollIntoView({ block: "center" });
    const chunk = await fetchEditorChunk();
    if (chunk) {
      this.fill(chunk.coloured(text), lines);
    }
  }

  private fill(pieces: Piece[], [first, last]: [number, number]): void {
    const rows: HTMLElement[] = [];
    let row: HTMLElement | null = null;
    for (const [text, className] of pieces.flatMap(byLine)) {
      if (!row) {
        row = element("span", "run-program-line");
        rows.push(row);
        row.dataset.line = String(rows.length);
        row.classList.toggle("run-program-excerpt", first <= rows.length && rows.length <= last);
      }
      row.append(className ? element("span", className, text) : text);
      if (text.endsWith("\n")) {
        row = null;
      }
    }
    this.code.replaceChildren(...rows);
  }

  private async toClipboard(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.tell("Copied.");
    } catch {
      getSelection()?.selectAllChildren(this.code);
      this.tell("The browser does not let the page copy. The program is selected: press Ctrl+C or ⌘+C.");
    }
  }
}

function byLine([text, className]: Piece): Piece[] {
  return text.split(/(?<=\n)/).map((part) => [part, className]);
}

function excerpt([first, last]: [number, number]): string {
  return first === last
    ? `Line ${first}, with a bar at its left, is the excerpt.`
    : `Lines ${first} to ${last}, with a bar at their left, are the excerpt.`;
}

function edited(edits: Record<string, string>): string {
  const sections = Object.keys(edits);
  return sections.length === 0 ? "" : `Your edits are in place, in: ${sections.join(", ")}.`;
}

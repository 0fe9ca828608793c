/**
 * Makes every run block of a page run: `div.highlight.run` with `data-file` and `data-section`.
 *
 * What tests and style sheets may rely on, beside the block itself:
 * - `data-state` of the block: idle, booting (also: waiting its turn), running, done, failed, stopped.
 * - Buttons: .run-button, .run-stop and .run-retry (hidden unless they do something), .run-edit, .run-reset.
 *   .run-button has aria-disabled="true" while the block is booting or running.
 * - .run-status: one line in words. .run-editor: the textarea while editing.
 * - .run-output: the panel. In it .run-output-label ("Recorded output" or "Output"), .run-output-text,
 *   .run-error (the traceback; hidden when there is none), .run-exchanges.
 * - In .run-exchanges a li.run-exchange each, with .run-exchange-toggle (a button: method, URL, status) and,
 *   once opened, .run-request and .run-response. In these, mark.run-mark with data-mark saying what it is.
 */
import { RunBlock } from "./block.ts";
import { whenIdle } from "./boot_ahead.ts";
import { Python } from "./python.ts";

/** What Material for MkDocs and Zensical offer where `navigation.instant` swaps pages in one window. */
interface PageChanges {
  subscribe(callback: () => void): void;
}

declare global {
  var document$: PageChanges | undefined;
}

const python = new Python(new URL("worker.js", import.meta.url));
let blocks: RunBlock[] = [];

function editsOf(file: string): Record<string, string> {
  return Object.fromEntries(blocks.filter((block) => block.isOf(file)).flatMap((block) => block.edits));
}

function enhancePage(): void {
  for (const block of blocks.filter((one) => !one.root.isConnected)) {
    block.leave();
  }
  blocks = blocks.filter((block) => block.root.isConnected);
  for (const element of document.querySelectorAll<HTMLElement>(".highlight.run:not([data-state])")) {
    const pre = element.querySelector("pre");
    const code = pre?.querySelector("code");
    if (pre && code) {
      blocks.push(new RunBlock(element, pre, code, python, editsOf));
    }
  }
  if (blocks.length > 0) {
    whenIdle(() => python.prepare());
  }
}

if (globalThis.document$) {
  globalThis.document$.subscribe(enhancePage);
} else {
  enhancePage(); // a module runs when the document has been read
}

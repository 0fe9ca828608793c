/**
 * Makes every run block of a page run: `div.highlight.run` with `data-file` and `data-section`.
 *
 * What tests and style sheets may rely on, beside the block itself:
 * - `data-state` of the block: idle, booting (also: waiting its turn), running, done, failed, stopped.
 * - data-edited of the block: the reader's code is another than the page's. .run-edited says so.
 * - Buttons: .run-button, .run-stop and .run-retry (hidden unless they do something), .run-many ("Run all" on a
 *   program's first block, "Run to here" on the others), .run-edit, .run-reset, .run-changes (aria-pressed),
 *   .run-whole (opens dialog.run-program). .run-button has aria-disabled="true" while the block is booting or running.
 * - .run-progress: a bar, hidden unless Python's files are coming.
 * - .run-status: one line in words. .run-editor: where one types, while editing: .run-editor-plain, then CodeMirror.
 *   .run-error-line: the line that failed. .run-notice: the page's code is another than that which was edited.
 * - .run-output: the panel. In it .run-output-label ("Recorded output" or "Output"), .run-output-text,
 *   .run-error (the traceback; hidden when there is none), .run-exchanges.
 * - In .run-exchanges two .wire-view buttons (aria-pressed): "Diagram" shows .wire-diagram, with a button .wire-arrow
 *   for each message; "List" shows a li.run-exchange for each exchange, with .run-exchange-toggle (a button: number,
 *   method, URL, status). Once opened, each has .run-request or .run-response or both. In these, mark.run-mark with
 *   data-mark saying what it is, a button .wire-follow that follows it, and .token-open in a JWT, which opens
 *   dialog.token-inspector. What is followed is told in .wire-told; its marks are .wire-followed.
 */
import { RunBlock } from "./block.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { keepSite } from "./offline/keep_site.ts";
import { whenIdle } from "./python/boot_ahead.ts";
import { BUILD } from "./python/build.ts";
import { Python } from "./python/python.ts";
import { INSPECT, offerInspection } from "./tokens/buttons.ts";
import { TokenInspector } from "./tokens/inspector.ts";

/** What Material for MkDocs and Zensical offer where `navigation.instant` swaps pages in one window. */
interface PageChanges {
  subscribe(callback: () => void): void;
}

declare global {
  var document$: PageChanges | undefined;
}

const python = new Python(new URL(`${BUILD}/worker.js`, import.meta.url), keepSite);
const laboratory = new Laboratory(python);
let blocks: RunBlock[] = [];
let inspector: TokenInspector | null = null;

function blocksOf(file: string): RunBlock[] {
  return blocks.filter((block) => block.isOf(file));
}

function enhancePage(): void {
  inspector?.close();
  for (const block of blocks.filter((one) => !one.root.isConnected)) {
    block.leave();
  }
  blocks = blocks.filter((block) => block.root.isConnected);
  for (const element of document.querySelectorAll<HTMLElement>(".highlight.run:not([data-state])")) {
    const pre = element.querySelector("pre");
    const code = pre?.querySelector("code");
    if (pre && code) {
      blocks.push(new RunBlock(element, pre, code, python, blocksOf));
    }
  }
  for (const code of document.querySelectorAll<HTMLElement>(".highlight pre > code")) {
    offerInspection(code);
  }
  laboratory.settle(blocks.map((block) => block.root));
  if (blocks.length > 0) {
    whenIdle(() => python.prepare());
  }
}

document.addEventListener(INSPECT, (event) => {
  inspector = new TokenInspector(python, (event as CustomEvent<string>).detail);
  inspector.open();
});

if (globalThis.document$) {
  globalThis.document$.subscribe(enhancePage);
} else {
  enhancePage(); // a module runs when the document has been read
}

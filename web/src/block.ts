/** One section of a program on the page: its code, its buttons, its output. */

import { button, element } from "./dom.ts";
import { Editing } from "./editor/editing.ts";
import { takeOutRecorded } from "./editor/recorded.ts";
import { openWholeProgram } from "./editor/whole_program.ts";
import { OutputPanel } from "./output.ts";
import { BootProgress } from "./python/boot_progress.ts";
import type { RunResult } from "./python/messages.ts";
import type { Python, RunListener } from "./python/python.ts";
import type { Bytes } from "./python/python_worker.ts";
import { runInOrder } from "./run_all.ts";

export type State = "idle" | "booting" | "running" | "done" | "failed" | "stopped";

const SHORT_RUN = 200; // milliseconds; nobody can stop a shorter one, and a button that flickers disturbs

export class RunBlock implements RunListener {
  readonly title: string;
  private readonly file: string;
  private readonly section: string;
  private readonly editing: Editing;
  private readonly output: OutputPanel;
  private readonly run = button("run-button", "Run", () => this.start());
  private readonly stop = button("run-stop", "Stop", () => this.python.stop(this));
  private readonly retry = button("run-retry", "Retry", () => this.start());
  private readonly runMany = button("run-many", "Run to here", () => void this.startMany());
  private readonly whole = button("run-whole", "Whole program", () => this.openWholeProgram());
  private readonly progress = new BootProgress();
  private readonly status = element("p", "run-status");
  private showStop = 0;
  private isQuiet = false;
  private marked: RunBlock | null = null; // where the last error of this block is marked
  private whenEnded = (_state: State): void => {};

  constructor(
    readonly root: HTMLElement,
    pre: HTMLPreElement,
    code: HTMLElement,
    private readonly python: Python,
    private readonly blocksOf: (file: string) => RunBlock[],
  ) {
    this.file = root.dataset.file ?? "";
    this.section = root.dataset.section ?? "";
    this.title = root.querySelector(".filename")?.textContent || `${this.file}, ${this.section}`;
    this.output = new OutputPanel(takeOutRecorded(code));
    this.editing = new Editing(root, pre, code, this.title, {
      isReset: () => this.forgetRun(),
      tells: (text) => this.say(text),
    });
    this.stop.hidden = this.retry.hidden = true;
    this.status.setAttribute("role", "status");
    const bar = element(
      "div",
      "run-bar",
      this.run,
      this.stop,
      this.retry,
      this.runMany,
      this.whole,
      ...this.editing.controls,
      this.progress.element,
      this.status,
    );
    root.append(bar, this.output.element);
    pre.tabIndex = -1; // a click on the code gives it the keyboard, for Ctrl+Enter
    this.listen();
    this.name();
    this.state = "idle";
    this.editing.restore();
  }

  /** The reader's sources by section, where there are any. */
  get edits(): [section: string, source: string][] {
    const { edited } = this.editing;
    return edited === null ? [] : [[this.section, edited]];
  }

  isOf(file: string): boolean {
    return this.file === file;
  }

  /** What became of the last run, in words. */
  get outcome(): string {
    return this.status.textContent ?? "";
  }

  /** Runs, and says nothing aloud: that is left to whoever asked for it. Returns the state in which it ended. */
  async runToEnd(): Promise<State> {
    this.isQuiet = true;
    const end = new Promise<State>((resolve) => {
      this.whenEnded = resolve;
    });
    this.start();
    const state = await end;
    this.isQuiet = false;
    return state;
  }

  /** The page has been left: nobody is there to stop a run that hangs. */
  leave(): void {
    if (this.isBusy) {
      this.python.stop(this);
    }
  }

  waits(text: string, bytes: Bytes | null): void {
    if (this.root.dataset.state !== "booting") {
      this.state = "booting";
    }
    this.progress.show(bytes);
    this.status.textContent = text;
    this.status.ariaLive = "off"; // the first of these is read out, not the progress that follows
  }

  starts(): void {
    this.state = "running";
    this.say("");
    this.unmark();
    this.output.begin();
  }

  prints(text: string): void {
    this.output.print(text);
  }

  ends(result: RunResult): void {
    const { output, error, exchanges } = result;
    if (error === null) {
      this.state = "done";
      this.say(output ? "Finished." : "Finished: it prints nothing.");
    } else {
      this.state = "failed";
      this.say(this.markError(result));
      this.output.fail(error);
    }
    this.output.end(exchanges);
    this.tellEnd();
  }

  crashes(reason: string): void {
    this.state = "failed";
    this.say("Python broke down. The next run starts it anew.");
    this.output.fail(reason);
    this.output.end([]);
    this.tellEnd();
  }

  isStopped(): void {
    this.state = "stopped";
    this.say("Stopped.");
    this.output.end([]);
    this.tellEnd();
  }

  cannotStart(reason: string): void {
    this.state = "failed";
    this.say(`Python did not start: ${reason}.`);
    this.retry.hidden = false;
  }

  /** To the rest of the page: Python has run, or was made to stop. */
  private tellEnd(): void {
    this.root.dispatchEvent(new CustomEvent("run-end", { bubbles: true }));
  }

  private start(): void {
    if (this.isBusy) {
      return;
    }
    this.state = "booting";
    this.python.run({ file: this.file, section: this.section, edits: this.allEdits }, this);
  }

  /** Runs all blocks of the page's program from the first, or those down to this one. */
  private async startMany(): Promise<void> {
    if (this.runMany.ariaDisabled === "true") {
      return;
    }
    this.runMany.ariaDisabled = "true";
    const all = this.siblings;
    const blocks = all[0] === this ? all : all.slice(0, all.indexOf(this) + 1);
    const last = await runInOrder(blocks);
    this.runMany.ariaDisabled = "false";
    if (last?.root.dataset.state === "done") {
      this.say(`All ${blocks.length} blocks have run.`);
    } else if (last) {
      this.say(last === this ? this.outcome : `Ended at “${last.title}”: ${last.outcome}`);
    }
  }

  /** The blocks of this program on the page, this one too, from top to bottom. */
  private get siblings(): RunBlock[] {
    return this.blocksOf(this.file);
  }

  private get allEdits(): Record<string, string> {
    return Object.fromEntries(this.siblings.flatMap((block) => block.edits));
  }

  /** The mark of an error goes with the error: when this block runs again, or is reset. */
  private unmark(): void {
    this.editing.markError(null);
    this.marked?.editing.markError(null);
    this.marked = null;
  }

  /** Marks the line that failed, in whichever block it stands. Says in words where that is. */
  private markError({ error_line, error_section }: RunResult): string {
    if (error_line === null || error_section === null) {
      return "Ended with an error.";
    }
    const block = this.siblings.find(({ section }) => section === error_section);
    block?.editing.markError(error_line);
    this.marked = block ?? null;
    if (block === this) {
      return `Error in line ${error_line}.`;
    }
    return block
      ? `Error in line ${error_line} of “${block.title}”.`
      : `Error in a section that this page does not show: ${error_section}, line ${error_line}.`;
  }

  private get isBusy(): boolean {
    return this.root.dataset.state === "booting" || this.root.dataset.state === "running";
  }

  private set state(state: State) {
    this.root.dataset.state = state;
    this.run.setAttribute("aria-disabled", String(this.isBusy));
    this.progress.show(null);
    clearTimeout(this.showStop);
    this.moveFocus(this.retry, this.run);
    if (this.isBusy) {
      this.showStop = window.setTimeout(() => {
        this.stop.hidden = false;
        if (state === "running") {
          this.say("Running…");
        }
      }, SHORT_RUN);
    } else {
      this.moveFocus(this.stop, this.run);
      this.whenEnded(state);
    }
  }

  private say(text: string): void {
    this.status.ariaLive = this.isQuiet ? "off" : "polite";
    this.status.textContent = text;
  }

  /** Hide a button; if it has the focus, hand it on, so that the keyboard does not lose its place. */
  private moveFocus(from: HTMLButtonElement, to: HTMLButtonElement): void {
    const hadFocus = from === document.activeElement;
    from.hidden = true;
    if (hadFocus) {
      to.focus();
    }
  }

  private forgetRun(): void {
    if (!this.isBusy) {
      this.state = "idle";
      this.say("");
      this.unmark();
      this.output.showRecorded();
    }
  }

  private openWholeProgram(): void {
    void openWholeProgram(this.root, this.file, this.section, this.allEdits);
  }

  private name(): void {
    this.root.setAttribute("role", "group");
    const ofThisProgram = [...document.querySelectorAll<HTMLElement>(".highlight.run")].filter(
      ({ dataset }) => dataset.file === this.file,
    );
    this.runMany.hidden = ofThisProgram.length === 1;
    if (ofThisProgram[0] === this.root) {
      this.runMany.textContent = "Run all";
    }
    const { run, stop, retry, runMany, whole } = this;
    for (const one of [run, stop, retry, runMany, whole, ...this.editing.buttons]) {
      one.setAttribute("aria-label", `${one.textContent}: ${this.title}`);
    }
  }

  private listen(): void {
    this.root.addEventListener("pointerenter", () => this.python.prepare());
    this.root.addEventListener("focusin", () => this.python.prepare());
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.start();
      }
    });
  }
}

/** One section of a program on the page: its code, its buttons, its output. */
import { button, element } from "./dom.ts";
import { Editor } from "./editor.ts";
import type { RunResult } from "./messages.ts";
import { OutputPanel } from "./output.ts";
import type { Python, RunListener } from "./python.ts";
import { takeOutRecorded } from "./recorded.ts";

export type State = "idle" | "booting" | "running" | "done" | "failed" | "stopped";

const SHORT_RUN = 200; // milliseconds; nobody can stop a shorter one, and a button that flickers disturbs

export class RunBlock implements RunListener {
  private readonly file: string;
  private readonly section: string;
  private readonly editor: Editor;
  private readonly output: OutputPanel;
  private readonly run = button("run-button", "Run", () => this.start());
  private readonly stop = button("run-stop", "Stop", () => this.python.stop(this));
  private readonly retry = button("run-retry", "Retry", () => this.start());
  private readonly edit = button("run-edit", "Edit", () => this.openEditor());
  private readonly reset = button("run-reset", "Reset", () => this.closeEditor());
  private readonly status = element("p", "run-status");
  private showStop = 0;

  constructor(
    readonly root: HTMLElement,
    pre: HTMLPreElement,
    code: HTMLElement,
    private readonly python: Python,
    private readonly editsOf: (file: string) => Record<string, string>,
  ) {
    this.file = root.dataset.file ?? "";
    this.section = root.dataset.section ?? "";
    const title = root.querySelector(".filename")?.textContent || `${this.file}, ${this.section}`;
    this.output = new OutputPanel(takeOutRecorded(code));
    this.editor = new Editor(pre, code, title);
    this.name(title);
    this.stop.hidden = this.retry.hidden = this.reset.hidden = true;
    this.status.setAttribute("role", "status");
    const bar = element(
      "div",
      "run-bar",
      this.run,
      this.stop,
      this.retry,
      this.edit,
      this.reset,
      this.status,
    );
    root.append(bar, this.output.element);
    pre.tabIndex = -1; // a click on the code gives it the keyboard, for Ctrl+Enter
    this.listen();
    this.state = "idle";
  }

  /** The reader's sources by section, where there are any. */
  get edits(): [section: string, source: string][] {
    const { edited } = this.editor;
    return edited === null ? [] : [[this.section, edited]];
  }

  isOf(file: string): boolean {
    return this.file === file;
  }

  /** The page has been left: nobody is there to stop a run that hangs. */
  leave(): void {
    if (this.isBusy) {
      this.python.stop(this);
    }
  }

  waits(text: string): void {
    this.state = "booting";
    this.status.textContent = text;
    this.status.ariaLive = "off"; // the first of these is read out, not the progress that follows
  }

  starts(): void {
    this.state = "running";
    this.say("");
    this.output.begin();
  }

  prints(text: string): void {
    this.output.print(text);
  }

  ends({ output, error, error_line, exchanges }: RunResult): void {
    if (error === null) {
      this.state = "done";
      this.say(output ? "Finished." : "Finished: it prints nothing.");
    } else {
      this.state = "failed";
      this.say(error_line === null ? "Ended with an error." : `Error in line ${error_line}.`);
      this.output.fail(error);
    }
    this.output.end(exchanges);
  }

  crashes(reason: string): void {
    this.state = "failed";
    this.say("Python broke down. The next run starts it anew.");
    this.output.fail(reason);
    this.output.end([]);
  }

  isStopped(): void {
    this.state = "stopped";
    this.say("Stopped.");
    this.output.end([]);
  }

  cannotStart(reason: string): void {
    this.state = "failed";
    this.say(`Python did not start: ${reason}.`);
    this.retry.hidden = false;
  }

  private start(): void {
    if (this.isBusy) {
      return;
    }
    this.state = "booting";
    this.python.run({ file: this.file, section: this.section, edits: this.editsOf(this.file) }, this);
  }

  private get isBusy(): boolean {
    return this.root.dataset.state === "booting" || this.root.dataset.state === "running";
  }

  private set state(state: State) {
    this.root.dataset.state = state;
    this.run.setAttribute("aria-disabled", String(this.isBusy));
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
    }
  }

  private say(text: string): void {
    this.status.ariaLive = "polite";
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

  private openEditor(): void {
    this.editor.open();
    this.edit.hidden = true;
    this.reset.hidden = false;
  }

  private closeEditor(): void {
    this.editor.close();
    this.edit.hidden = false;
    this.moveFocus(this.reset, this.edit);
    if (!this.isBusy) {
      this.state = "idle";
      this.say("");
      this.output.showRecorded();
    }
  }

  private name(title: string): void {
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", title);
    for (const one of [this.run, this.stop, this.retry, this.edit, this.reset]) {
      one.setAttribute("aria-label", `${one.textContent}: ${title}`);
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

/** A block's editor with its buttons: Edit, Changes, Reset. */
import { button, element } from "../dom.ts";
import { Editor } from "./editor.ts";

export interface EditingListener {
  /** The page's own code stands again. */
  isReset(): void;
  /** Something to tell the reader. */
  tells(text: string): void;
}

export class Editing {
  private readonly edit = button("run-edit", "Edit", () => this.editor.open());
  private readonly changes = button("run-changes", "Changes", () => this.showChanges(!this.changesAreShown));
  private readonly reset = button("run-reset", "Reset", () => this.close());
  private readonly badge = element("span", "run-edited", "Edited");
  private readonly editor: Editor;

  constructor(
    private readonly root: HTMLElement,
    pre: HTMLPreElement,
    code: HTMLElement,
    private readonly title: string,
    private readonly listener: EditingListener,
  ) {
    const { file = "", section = "" } = root.dataset;
    this.editor = new Editor(pre, code, title, [file, section], {
      changed: () => this.update(),
      tells: (text) => listener.tells(text),
    });
  }

  get buttons(): HTMLButtonElement[] {
    return [this.edit, this.changes, this.reset];
  }

  get controls(): HTMLElement[] {
    return [...this.buttons, this.badge];
  }

  /** The edited source, or null where it is as it was. */
  get edited(): string | null {
    return this.editor.edited;
  }

  /** Shows the edit of an earlier visit, if there is one. */
  restore(): void {
    this.editor.restore();
    this.update();
  }

  /** Mark a line (from 1) as the one that failed, or none. */
  markError(line: number | null): void {
    this.editor.markError(line);
  }

  private close(): void {
    this.editor.close();
    this.edit.focus();
    this.listener.isReset();
  }

  /** What can be seen and pressed depends on whether the code is being edited, and is another than the page's. */
  private update(): void {
    const isEdited = this.edited !== null;
    this.root.toggleAttribute("data-edited", isEdited);
    this.root.setAttribute("aria-label", isEdited ? `${this.title}, edited` : this.title);
    this.badge.hidden = !isEdited;
    this.edit.hidden = this.editor.isOpen;
    this.reset.hidden = !this.editor.isOpen;
    this.changes.hidden = !this.editor.canShowChanges;
    if (this.changes.hidden) {
      this.showChanges(false);
    }
  }

  private get changesAreShown(): boolean {
    return this.changes.ariaPressed === "true";
  }

  private showChanges(shown: boolean): void {
    if (shown !== this.changesAreShown) {
      this.editor.showChanges(shown);
    }
    this.changes.ariaPressed = String(shown);
  }
}

/** The reader's own version of a section's code. */
import { button, element } from "../dom.ts";
import { editorChunk, fetchEditorChunk } from "./editor_chunk.ts";
import { markErrorLine } from "./error_line.ts";
import { type Field, type FieldSettings, PlainField } from "./field.ts";
import { KeptEdit } from "./kept_edit.ts";

const PLAIN_KEYS = "Ctrl+Enter or ⌘+Enter runs the code.";
const CODE_KEYS = "Tab indents; Escape, then Tab, leaves. Ctrl+Enter or ⌘+Enter runs the code.";
const PAGE_HAS_CHANGED =
  "The page's code has changed since you edited it. “Changes” shows where yours differs, “Reset” drops yours.";

let lastId = 0;
let plainIsExplained = false;

export interface EditorListener {
  /** The editor opened or closed, the reader typed, or the field became another. */
  changed(): void;
  /** Something to tell, once. */
  tells(text: string): void;
}

export class Editor {
  private readonly original: string;
  private readonly kept: KeptEdit;
  private readonly hint = element("p", "run-editor-keys");
  private readonly notice: HTMLElement;
  private field: Field | null = null;
  private error: number | null = null;
  private unmark = (): void => {};

  /** `code` is what `shown` shows. An edit from an earlier visit opens at once, and leaves the keyboard alone. */
  constructor(
    private readonly shown: HTMLPreElement,
    private readonly code: HTMLElement,
    private readonly title: string,
    [file, section]: [file: string, section: string],
    private readonly listener: EditorListener,
  ) {
    this.original = (code.textContent ?? "").trimEnd();
    this.kept = new KeptEdit(file, section, this.original);
    lastId += 1;
    this.hint.id = `run-editor-keys-${lastId}`;
    const keep = button("run-keep", "Keep mine", () => this.keep());
    keep.setAttribute("aria-label", `Keep mine: ${title}`);
    this.notice = element("div", "run-notice", element("p", "", PAGE_HAS_CHANGED), keep);
  }

  get isOpen(): boolean {
    return this.field !== null;
  }

  /** Whether differences from the page's code can be shown. */
  get canShowChanges(): boolean {
    return this.edited !== null && !(this.field instanceof PlainField);
  }

  /** The edited source, or null where it is as it was. */
  get edited(): string | null {
    const text = this.field?.text ?? "";
    return this.field && text.trimEnd() !== this.original ? text : null;
  }

  /** Opens with the edit of an earlier visit, if there is one. */
  restore(): void {
    const { text } = this.kept;
    if (text === null || text.trimEnd() === this.original) {
      this.kept.drop();
      return;
    }
    this.show(text);
    if (this.kept.isStale) {
      this.field?.element.before(this.notice);
    }
  }

  /** Opens, and takes the keyboard. */
  open(): void {
    this.show(this.original);
    if (this.field) {
      this.field.input.focus();
      this.field.selection = [0, 0];
    }
  }

  /** Back to the page's own code. */
  close(): void {
    this.field?.element.remove();
    this.hint.remove();
    this.notice.remove();
    this.field = null;
    this.kept.drop();
    this.shown.hidden = false;
    this.markError(null);
    this.listener.changed();
  }

  /** Mark a line (from 1) as the one that failed, or none. */
  markError(line: number | null): void {
    this.unmark();
    this.unmark = () => {};
    this.error = line;
    this.field?.markError(line);
    if (!this.field && line !== null) {
      this.unmark = markErrorLine(this.code, line);
    }
  }

  showChanges(shown: boolean): void {
    this.field?.showChanges(shown);
  }

  private show(text: string): void {
    const chunk = editorChunk();
    const settings = this.settings(text);
    this.field = chunk ? new chunk.CodeField(settings) : new PlainField(settings);
    this.hint.textContent = chunk ? CODE_KEYS : PLAIN_KEYS;
    this.shown.hidden = true;
    this.shown.after(this.field.element, this.hint);
    this.markError(this.error);
    this.listener.changed();
    if (this.field instanceof PlainField) {
      void this.replace(this.field);
    }
  }

  /** CodeMirror takes the place of the plain field, when it has come. */
  private async replace(plain: PlainField): Promise<void> {
    const chunk = await fetchEditorChunk();
    await plain.isAtRest();
    if (this.field !== plain) {
      return;
    }
    if (!chunk) {
      if (!plainIsExplained) {
        plainIsExplained = true;
        this.listener.tells(
          "The editor with colours could not be loaded; this plain one edits and runs as well.",
        );
      }
      return;
    }
    const hadFocus = document.activeElement === plain.element;
    const code = new chunk.CodeField(this.settings(plain.text));
    code.selection = plain.selection;
    this.field = code;
    plain.element.replaceWith(code.element);
    if (hadFocus) {
      code.input.focus({ preventScroll: true });
    }
    code.markError(this.error);
    this.hint.textContent = CODE_KEYS;
    this.listener.changed();
  }

  private settings(text: string): FieldSettings {
    return {
      text,
      original: this.original,
      name: `Code: ${this.title}`,
      hint: this.hint.id,
      onChange: () => this.keepWhatIsTyped(),
    };
  }

  private keepWhatIsTyped(): void {
    const { edited } = this;
    if (edited === null) {
      this.kept.drop();
      this.notice.remove();
    } else {
      this.kept.save(edited);
    }
    this.listener.changed();
  }

  private keep(): void {
    if (this.field) {
      this.kept.adopt(this.field.text);
      this.notice.remove();
      this.field.input.focus();
    }
  }
}

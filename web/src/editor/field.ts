/** Where the reader edits code: the browser's own field, or CodeMirror once that has come. */
import { element } from "../dom.ts";

export interface FieldSettings {
  text: string;
  /** What the page shows, without an end of its last line; changes are shown against it. */
  original: string;
  name: string;
  /** The id of the element that says which keys do what. */
  hint: string;
  onChange: () => void;
}

export interface Field {
  /** What stands in the page, and what in it takes the keyboard. */
  readonly element: HTMLElement;
  readonly input: HTMLElement;
  readonly text: string;
  selection: [from: number, to: number];
  /** Mark a line (from 1) as the one that failed, or none. */
  markError(line: number | null): void;
  showChanges(shown: boolean): void;
}

/** A textarea: it is there at once, but can mark nothing in its text. */
export class PlainField implements Field {
  readonly element = element("textarea", "run-editor run-editor-plain");
  readonly input = this.element;
  private isComposing = false;

  constructor({ text, name, hint, onChange }: FieldSettings) {
    const area = this.element;
    area.value = text;
    area.rows = text.trimEnd().split("\n").length + 1;
    area.spellcheck = false;
    area.autocapitalize = "off";
    area.autocomplete = "off";
    area.wrap = "off";
    area.setAttribute("aria-label", name);
    area.setAttribute("aria-describedby", hint);
    area.addEventListener("input", onChange);
    area.addEventListener("compositionstart", () => {
      this.isComposing = true;
    });
    area.addEventListener("compositionend", () => {
      this.isComposing = false;
    });
  }

  get text(): string {
    return this.element.value;
  }

  get selection(): [number, number] {
    return [this.element.selectionStart, this.element.selectionEnd];
  }

  set selection([from, to]) {
    this.element.setSelectionRange(from, to);
  }

  /** When no input method has unfinished words in the field. */
  async isAtRest(): Promise<void> {
    if (this.isComposing) {
      await new Promise((resolve) =>
        this.element.addEventListener("compositionend", resolve, { once: true }),
      );
    }
  }

  markError(): void {}

  showChanges(): void {}
}

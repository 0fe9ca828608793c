/** The reader's own version of a section's code. */
import { element } from "./dom.ts";

export class Editor {
  private readonly original: string;
  private area: HTMLTextAreaElement | null = null;

  constructor(
    private readonly shown: HTMLPreElement,
    code: HTMLElement,
    private readonly title: string,
  ) {
    this.original = code.textContent ?? "";
  }

  get isOpen(): boolean {
    return this.area !== null;
  }

  /** The edited source, or null where it is as it was. */
  get edited(): string | null {
    return this.area && this.area.value.trimEnd() !== this.original.trimEnd() ? this.area.value : null;
  }

  open(): void {
    const area = element("textarea", "run-editor");
    area.value = this.original;
    area.rows = this.original.trimEnd().split("\n").length + 1;
    area.spellcheck = false;
    area.autocapitalize = "off";
    area.autocomplete = "off";
    area.wrap = "off";
    area.setAttribute("aria-label", `Code: ${this.title}`);
    this.area = area;
    this.shown.hidden = true;
    this.shown.after(area);
    area.focus();
    area.setSelectionRange(0, 0);
  }

  /** Back to the page's own code. */
  close(): void {
    this.area?.remove();
    this.area = null;
    this.shown.hidden = false;
  }
}

/** The bar that shows how much of Python has come. */
import { element } from "../dom.ts";
import type { Bytes } from "./python_worker.ts";

export class BootProgress {
  readonly element = element("progress", "run-progress");

  constructor() {
    this.element.setAttribute("aria-label", "Download of Python");
    this.show(null);
  }

  /** Shows bytes that have come, or nothing. */
  show(bytes: Bytes | null): void {
    this.element.hidden = bytes === null;
    if (bytes) {
      this.element.max = bytes.total;
      this.element.value = bytes.loaded;
    }
  }
}

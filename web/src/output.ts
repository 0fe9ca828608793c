/** The panel under the code: the recorded output, or what the reader's own run printed, its error, its exchanges. */
import { element } from "./dom.ts";
import type { Exchange } from "./python/messages.ts";
import { offerInspection } from "./tokens/buttons.ts";
import { Wire } from "./wire/wire.ts";

export class OutputPanel {
  readonly element = element("div", "run-output");
  private readonly label = element("p", "run-label run-output-label");
  private readonly text = element("pre", "run-text run-output-text");
  private readonly errorLabel = element("p", "run-label run-error-label", "Error");
  private readonly error = element("pre", "run-text run-error");
  private readonly exchanges = element("div", "run-exchanges");
  private isStale = false;

  constructor(private readonly recorded: string) {
    this.element.append(this.label, this.text, this.errorLabel, this.error, this.exchanges);
    this.showRecorded();
  }

  showRecorded(): void {
    this.clear();
    this.label.textContent = "Recorded output";
    this.print(this.recorded);
    offerInspection(this.text);
  }

  /** A run has started. What stands here stays until it prints or ends: most do at once, and nothing flickers. */
  begin(): void {
    this.isStale = true;
  }

  print(text: string): void {
    this.renew();
    this.text.append(text);
    const hasText = this.text.firstChild !== null && this.text.firstChild.textContent !== "";
    this.label.hidden = this.text.hidden = !hasText;
  }

  fail(traceback: string): void {
    this.renew();
    this.error.textContent = traceback;
    this.errorLabel.hidden = this.error.hidden = false;
  }

  /** What is known at the end of a run. Long output scrolls, so the keyboard must reach it. */
  end(exchanges: Exchange[]): void {
    this.renew();
    this.exchanges.replaceChildren(...(exchanges.length > 0 ? [new Wire(exchanges).element] : []));
    offerInspection(this.text);
    offerInspection(this.error);
    if (this.text.scrollHeight > this.text.clientHeight) {
      this.text.tabIndex = 0;
    }
  }

  private renew(): void {
    if (this.isStale) {
      this.clear();
      this.label.textContent = "Output";
    }
  }

  private clear(): void {
    this.isStale = false;
    this.text.replaceChildren();
    this.text.removeAttribute("tabindex");
    this.error.replaceChildren();
    this.exchanges.replaceChildren();
    this.label.hidden = this.text.hidden = this.errorLabel.hidden = this.error.hidden = true;
  }
}

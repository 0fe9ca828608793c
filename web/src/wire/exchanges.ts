/** The exchanges of a run as a list: a row each, which opens to show what was sent and what came back. */

import { element } from "../dom.ts";
import type { Exchange } from "../python/messages.ts";
import { Toggle } from "../toggle.ts";
import { copyBar } from "./copy_bar.ts";
import { type Side, shortUrl } from "./message_text.ts";
import { type Follower, messageView } from "./message_view.ts";

export const FIRST_ERROR_STATUS = 400;

export class ExchangeList {
  readonly element = element("ol", "run-exchange-list");
  private readonly rows: Row[] = [];

  constructor(private readonly follower: Follower) {}

  add(exchange: Exchange): void {
    const row = new Row(exchange, this.rows.length + 1, this.follower);
    this.rows.push(row);
    this.element.append(row.element);
  }

  /** Opens an exchange and gives back one of its messages. */
  open(exchange: number, side: Side): HTMLElement | null {
    return this.rows[exchange]?.open(side) ?? null;
  }

  /** Says of an exchange that the value that is followed stands there; empty: that it does not. */
  note(exchange: number, text: string): void {
    this.rows[exchange]?.note(text);
  }
}

class Row {
  readonly element = element("li", "run-exchange");
  private readonly toggle: Toggle;
  private readonly badge = element("span", "wire-badge");

  constructor(exchange: Exchange, number: number, follower: Follower) {
    const failed = exchange.status >= FIRST_ERROR_STATUS ? " run-exchange-refused" : "";
    this.toggle = new Toggle("run-exchange-toggle", "run-exchange-details", () =>
      bothWays(exchange, follower),
    );
    this.toggle.button.append(
      element("span", "wire-number", String(number)),
      " ",
      element("span", "run-exchange-method", exchange.method),
      " ",
      element("span", "run-exchange-url", shortUrl(exchange.url)),
      " ",
      element("span", `run-exchange-status${failed}`, `${exchange.status} ${exchange.reason}`.trim()),
    );
    this.element.append(this.toggle.button, this.toggle.details);
  }

  open(side: Side): HTMLElement | null {
    this.toggle.isOpen = true;
    return this.toggle.details.querySelector(`.run-${side}`);
  }

  note(text: string): void {
    this.badge.textContent = text;
    if (text) {
      this.toggle.button.append(this.badge);
    } else {
      this.badge.remove();
    }
  }
}

function bothWays(exchange: Exchange, follower: Follower): HTMLElement[] {
  return [
    element("p", "run-label", "Request"),
    messageView(exchange, "request", follower),
    copyBar(exchange),
    element("p", "run-label", "Response"),
    messageView(exchange, "response", follower),
  ];
}

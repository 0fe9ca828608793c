/** A dialog that takes a JWT apart. What its parts say is read here; what they are worth, Python knows. */

import { button, element } from "../dom.ts";
import type { Question, Refusal } from "../python/messages.ts";
import { HEADER, type Meaning, meaningOf, PAYLOAD } from "./claims.ts";
import { clauseLink } from "./clause.ts";
import { type Part, readToken, TIMES, timeTold } from "./reading.ts";
import { type Inspection, summaryOf, verdictView } from "./verdict.ts";

/** Who answers; `isReady`: without starting anything. */
export interface Answerer {
  readonly isReady: boolean;
  ask<Answer>(question: Question): Promise<Answer | Refusal>;
}

const PAUSE = 350; // milliseconds of typing nothing, after which the verdict is asked again

const LONG_LINE = 60; // characters

let lastId = 0;

export class TokenInspector {
  private readonly dialog = element("dialog", "token-inspector md-typeset");
  private readonly kind = element("p", "token-kind");
  private readonly area = element("textarea", "token-text");
  private readonly status = element("p", "token-status");
  private readonly check = button("token-button", "Press to check", () => void this.ask());
  private readonly undo = button("token-button", "Undo changes", () => this.write(this.original));
  private readonly header = element("div", "token-part");
  private readonly payload = element("div", "token-part");
  private readonly verdict = element("div", "token-verdict");
  private now: number | null = null;
  private asked = 0;
  private timer = 0;

  constructor(
    private readonly python: Answerer,
    private readonly original: string,
  ) {
    const title = element("h2", "", "Token");
    lastId += 1;
    title.id = `token-title-${lastId}`;
    this.dialog.setAttribute("aria-labelledby", title.id);
    this.status.setAttribute("role", "status");
    this.area.setAttribute("aria-label", "The token, to be edited");
    this.area.spellcheck = false;
    this.area.rows = 6;
    this.area.addEventListener("input", () => this.changed());
    const close = button("token-button", "Close", () => this.dialog.close());
    this.dialog.append(
      element("div", "token-head", title, close),
      this.kind,
      this.area,
      element("div", "token-head", this.check, this.undo),
      this.status,
      element("h3", "", "Header"),
      this.header,
      element("h3", "", "Payload"),
      this.payload,
      this.verdict,
    );
    this.dialog.addEventListener("close", () => {
      clearTimeout(this.timer);
      this.asked += 1;
      this.dialog.remove();
    });
  }

  /** The focus returns to where it was when the dialog is closed. */
  open(): void {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.write(this.original);
  }

  close(): void {
    this.dialog.close();
  }

  private write(token: string): void {
    this.area.value = token;
    this.changed();
  }

  private changed(): void {
    this.undo.disabled = this.area.value === this.original;
    this.asked += 1;
    clearTimeout(this.timer);
    this.read();
    if (this.python.isReady) {
      this.timer = window.setTimeout(() => void this.ask(), this.undo.disabled ? 0 : PAUSE);
    } else {
      this.status.textContent = "The signature and the checks wait for Python.";
    }
    this.verdict.classList.add("token-stale");
    this.check.hidden = this.python.isReady;
  }

  private read(): void {
    const { header, payload, kind } = readToken(this.area.value);
    this.kind.textContent = `By what it says, this is ${kind}.`;
    this.header.replaceChildren(...members(header, HEADER, this.now));
    this.payload.replaceChildren(...members(payload, PAYLOAD, this.now));
  }

  private async ask(): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    this.status.textContent = this.python.isReady ? "Checking…" : "Starting Python…";
    const token = this.area.value.trim();
    const answer = await this.python.ask<Inspection>({ kind: "inspect", token });
    if (asked !== this.asked) {
      return; // the token is another by now, or nobody looks at it any more
    }
    this.check.hidden = this.python.isReady;
    this.verdict.classList.remove("token-stale");
    if ("error" in answer) {
      this.status.textContent = answer.error;
      this.verdict.replaceChildren();
      return;
    }
    this.now = answer.now;
    this.read();
    this.status.textContent = summaryOf(answer);
    this.verdict.replaceChildren(...verdictView(answer));
  }
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONG_LINE ? JSON.stringify(value, null, 1) : text;
}

function members({ members, error }: Part, meanings: Record<string, Meaning>, now: number | null): Node[] {
  if (!members) {
    return [element("p", "token-error", error)];
  }
  return Object.entries(members).map(([name, value]) => {
    const { says, clause } = meaningOf(meanings, name);
    const time = TIMES.includes(name) ? timeTold(name, value, now) : "";
    const meaning = element("span", "token-meaning", says, " ");
    meaning.append(clauseLink(clause));
    const rows = [
      element("code", "token-claim", name),
      element("code", "token-value", valueText(value)),
      ...(time ? [element("span", "token-time", time)] : []),
      meaning,
    ];
    return element("div", "token-member", ...rows);
  });
}

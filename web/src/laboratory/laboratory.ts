/**
 * The page's laboratory: what the servers remember, the clock, the faults. One a page, beneath the block that ran
 * last; a line at first, which the reader opens.
 *
 * What tests and style sheets may rely on: .lab is the section. .lab-toggle opens it; .lab-summary in it counts.
 * .lab-status says what was done. In .lab-body: .lab-clock, .lab-part for each table (data-table), its toggle
 * .lab-part-toggle and its content .lab-part-content; .lab-reset. Controls keep their data-control.
 */
import { button, element } from "../dom.ts";
import type { Refusal } from "../python/messages.ts";
import type { Python } from "../python/python.ts";
import { clockOf } from "./clock.ts";
import { rotationOf } from "./keys.ts";
import { Memory } from "./memory.ts";
import { counted, type Deed, rowsOf, type State, timeText, withTimes } from "./state.ts";

const RULES =
  "The next section runs in the state shown here; an earlier one starts afresh, at 09:00, and forgets what you did " +
  "here, but not the switches. Reset brings back the seed, switches and keys too.";
const SHORT_WAIT = 300; // milliseconds; a text that comes and goes at once disturbs

export class Laboratory {
  readonly element = element("section", "lab");
  private readonly summary = element("span", "lab-summary", "the servers' memory, clock and faults");
  private readonly toggle = button("lab-toggle", "", () => this.open(Boolean(this.body.hidden)));
  private readonly status = element("p", "lab-status");
  private readonly body = element("div", "lab-body");
  private readonly clock = element("div", "");
  private readonly memory = new Memory(
    (deed) => this.act(deed),
    () => this.show(),
  );
  private readonly reset = button("lab-button lab-reset", "Reset the laboratory", () =>
    this.act({
      act: { do: "reset" },
      done: "All is as in the seed, and it is 09:00:00. The next run starts afresh.",
    }),
  );
  private state: State | null = null;
  private lastAsked = 0;

  constructor(private readonly python: Python) {
    this.element.setAttribute("aria-label", "Laboratory");
    this.toggle.append(element("b", "", "Laboratory"), " ", this.summary);
    this.toggle.setAttribute("aria-expanded", "false");
    this.body.id = "lab-body";
    this.toggle.setAttribute("aria-controls", this.body.id);
    this.status.setAttribute("role", "status");
    this.reset.dataset.control = "reset";
    this.body.hidden = true;
    this.body.append(element("p", "lab-rules", RULES), this.clock, this.memory.element, this.reset);
    this.element.append(this.toggle, this.status, this.body);
    this.element.addEventListener("keydown", (event) => this.closeBy(event));
    document.addEventListener("run-end", ({ target }) => this.follow(target as HTMLElement));
  }

  /** Take a place on a page that has been changed. */
  settle(blocks: HTMLElement[]): void {
    const [first] = blocks;
    if (first && !this.element.isConnected) {
      first.after(this.element);
      this.open(false);
    }
  }

  /** Move beneath the block that ran; what the reader looks at stays where it is. */
  private follow(block: HTMLElement): void {
    if (block.nextElementSibling !== this.element) {
      const place = block.getBoundingClientRect().top;
      const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
      block.after(this.element);
      window.scrollBy({ top: block.getBoundingClientRect().top - place, behavior: "instant" });
      (focused as HTMLElement | null)?.focus({ preventScroll: true });
    }
    void this.ask({ kind: "state" });
  }

  private open(isOpen: boolean): void {
    this.body.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      void this.ask({ kind: "state" });
    }
  }

  private closeBy(event: KeyboardEvent): void {
    if (event.key === "Escape" && !this.body.hidden) {
      this.open(false);
      this.toggle.focus();
    }
  }

  private async act({ act, done }: Deed): Promise<void> {
    const answer = await this.ask({ kind: "act", act });
    const now = this.state?.now ?? 0;
    this.say("error" in answer ? withTimes(`Not done: ${answer.error}`, now) : done);
    this.show(); // a control that asked for what was refused shows again how things stand
  }

  private async ask(question: { kind: "state" | "act"; act?: Deed["act"] }): Promise<State | Refusal> {
    this.lastAsked += 1;
    const asked = this.lastAsked;
    const late = window.setTimeout(() => {
      if (!this.body.hidden) {
        this.say("Waiting for Python…");
      }
    }, SHORT_WAIT);
    const answer = await this.python.ask<State>(question);
    clearTimeout(late);
    if ("error" in answer) {
      if (question.kind === "state") {
        this.say(answer.error);
      }
    } else if (asked === this.lastAsked) {
      this.state = answer;
      if (question.kind === "state") {
        this.say(answer.forgotten > 0 ? `The program began afresh: ${lost(answer.forgotten)}` : "");
      }
      this.show();
    }
    return answer;
  }

  private say(text: string): void {
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
  }

  private show(): void {
    const { state } = this;
    if (!state) {
      return;
    }
    this.summary.textContent = summaryOf(state);
    if (!this.body.hidden) {
      this.keepFocus(() => {
        this.clock.replaceChildren(clockOf(state, (deed) => this.act(deed)));
        this.memory.show(
          state,
          rotationOf(state, (deed) => this.act(deed)),
        );
      });
    }
  }

  private find(name: "control" | "row", value = ""): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`[data-${name}="${CSS.escape(value)}"]`);
  }

  /** What is shown anew has the focus again; or what else its row offers, or else the toggle of its table. */
  private keepFocus(render: () => void): void {
    const focused = document.activeElement as HTMLElement | null;
    const part = focused?.closest<HTMLElement>(".lab-part")?.querySelector<HTMLElement>(".lab-part-toggle");
    const control = this.element.contains(focused) ? focused?.dataset.control : undefined;
    render();
    if (control && document.activeElement !== focused) {
      const again = this.find("control", control) ?? this.find("row", focused?.dataset.row) ?? part;
      (again && again.getClientRects().length > 0 ? again : this.toggle).focus({ preventScroll: true });
    }
  }
}

function lost(number: number): string {
  return `${counted(number, "thing")} that you did here ${number === 1 ? "is" : "are"} forgotten.`;
}

/** "09:00:00 · 2 sessions · 1 grant · 6 log lines" */
function summaryOf(state: State): string {
  const sessions = ["app_sessions", "bff_sessions", "idp_sessions"].flatMap((table) => rowsOf(state, table));
  const grants = rowsOf(state, "grants").filter((row) => row.state === "in force");
  const log = state.tables.find(({ table }) => table === "system_log")?.total ?? 0;
  const parts = [
    timeText(state.now, state.now),
    counted(sessions.filter((row) => row.state === "live").length, "session"),
    counted(grants.length, "grant"),
    counted(log, "log line"),
  ];
  if (state.turned.length > 0) {
    parts.push(`turned: ${state.turned.join(", ")}`);
  }
  return parts.join(" · ");
}

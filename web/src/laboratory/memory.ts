/** The parts of the servers' memory: each table behind a line that says what is in it, and the switches. */
import { button, element } from "../dom.ts";
import { VIEWS } from "./columns.ts";
import { changesOf, counted, type Do, type Row, type State } from "./state.ts";
import { Switches } from "./switches.ts";
import { familyTree, tableOf } from "./tables.ts";

interface Part {
  element: HTMLElement;
  toggle: HTMLButtonElement;
  content: HTMLElement;
}

/** Only what is open is made: a long table costs nothing while nobody looks. */
export class Memory {
  readonly element = element("div", "lab-memory");
  private readonly parts = new Map<string, Part>();
  private readonly empty = element("p", "lab-line lab-empty");
  private readonly switches: Switches;
  private isFirst = true;

  constructor(
    private readonly act: Do,
    private readonly onOpen: () => void,
  ) {
    this.switches = new Switches(act);
    for (const [kind, { title }] of Object.entries(VIEWS)) {
      this.add(kind, title);
    }
    this.add("switches", "Faults and switches").content.append(this.switches.element);
    this.element.append(this.empty);
  }

  /** `rotation` stands beneath the keys. */
  show(state: State, rotation: HTMLElement): void {
    const empty: string[] = [];
    for (const { table, total, rows } of state.tables) {
      this.showPart(table, total, rows, state);
      if (rows.length === 0) {
        empty.push(VIEWS[table]?.title ?? table);
      }
    }
    this.showPart("keys", state.keys.length, state.keys, state, rotation);
    this.label(
      "switches",
      counted(state.turned.length, "switch").replace("switchs", "switches"),
      state.switches,
      " turned",
    );
    this.switches.show(state);
    this.empty.textContent = `Empty: ${empty.join(", ")}.`;
    this.empty.hidden = empty.length === 0;
    this.isFirst = false;
    for (const { content, toggle } of this.parts.values()) {
      if (content.scrollHeight > content.clientHeight) {
        content.tabIndex = 0; // it scrolls, so the keyboard must reach it
        content.setAttribute("role", "group");
        content.setAttribute("aria-label", toggle.textContent ?? "");
      } else {
        content.removeAttribute("tabindex");
        content.removeAttribute("role");
        content.removeAttribute("aria-label");
      }
    }
  }

  private showPart(kind: string, total: number, rows: Row[], state: State, more?: HTMLElement): void {
    const part = this.parts.get(kind);
    if (!part) {
      return;
    }
    part.element.hidden = rows.length === 0;
    this.label(kind, String(total), rows);
    if (this.isFirst && kind !== "system_log" && rows.some((row) => row.change)) {
      this.open(part, true); // what the last run changed is what the reader came for
    }
    part.content.replaceChildren();
    if (!part.content.hidden) {
      const made =
        kind === "refresh_families"
          ? familyTree(rows, state, this.act)
          : tableOf(kind, rows, state, this.act);
      part.content.append(made);
      const shown = rows.filter((row) => row.change !== "gone").length;
      if (total > shown) {
        part.content.append(element("p", "lab-line", `The newest ${shown} of ${total}.`));
      }
      if (more) {
        part.content.append(more);
      }
    }
  }

  private label(kind: string, count: string, rows: Row[], after = ""): void {
    const changes = changesOf(rows);
    const title = kind === "switches" ? "Faults and switches" : VIEWS[kind]?.title;
    const text = `${title}: ${count}${after}${changes ? ` (${changes})` : ""}`;
    const toggle = this.parts.get(kind)?.toggle;
    if (toggle && toggle.textContent !== text) {
      toggle.textContent = text;
    }
  }

  private add(kind: string, title: string): Part {
    const content = element("div", "lab-part-content");
    const toggle = button("lab-part-toggle", title, () => {
      this.open(part, Boolean(content.hidden));
      this.onOpen();
    });
    const part = { element: element("div", "lab-part", toggle, content), toggle, content };
    content.id = `lab-${kind}`;
    toggle.setAttribute("aria-controls", content.id);
    toggle.dataset.control = `part ${kind}`;
    part.element.dataset.table = kind;
    this.open(part, false);
    this.parts.set(kind, part);
    this.element.append(part.element);
    return part;
  }

  private open({ toggle, content }: Part, isOpen: boolean): void {
    content.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
  }
}

/** The rows of the servers' memory: tables, and a tree for the refresh families. */
import { button, element } from "../dom.ts";
import { type Action, type TableView, VIEWS } from "./columns.ts";
import { type Do, type Row, type State, short, timeText } from "./state.ts";

/** The table of a kind of rows. Its roles are said: where it is narrow, its style is not a table's. */
export function tableOf(kind: string, rows: Row[], state: State, act: Do): HTMLElement {
  const view = VIEWS[kind] as TableView;
  const names = view.columns.map(({ name }) => name);
  const canDo = rows.some((row) => possible(view.actions, row).length > 0);
  if (canDo) {
    names.push("Do");
  }
  const head = element("tr", "", ...names.map((name) => cell("th", "columnheader", name)));
  const body = element("tbody", "", ...rows.map((row) => line(kind, view, row, state, canDo ? act : null)));
  const table = element("table", "lab-table", element("thead", "", head), body);
  table.setAttribute("role", "table");
  table.setAttribute("aria-label", view.title);
  head.setAttribute("role", "row");
  for (const group of [head.parentElement, body]) {
    group?.setAttribute("role", "rowgroup");
  }
  return table;
}

function cell(name: "th" | "td", role: string, ...children: (Node | string)[]): HTMLElement {
  const made = element(name, name === "th" ? "no-sort" : "", ...children); // or Material sorts by it
  made.setAttribute("role", role);
  return made;
}

function line(kind: string, view: TableView, row: Row, state: State, act: Do | null): HTMLElement {
  const cells = view.columns.map((column, place) => {
    const text = column.text(row, state);
    const old = row.was ? column.text({ ...row, ...row.was }, state) : text;
    const shown = column.isCode ? element("code", "", text) : text;
    const made = cell("td", "cell", ...(place === 0 ? changeMark(row) : []), shown);
    if (old !== text) {
      made.append(` (was ${old || "empty"})`);
    }
    made.dataset.label = column.name;
    return made;
  });
  if (act) {
    const last = cell("td", "cell", ...buttons(kind, view.actions, row, act));
    last.dataset.label = "Do";
    cells.push(last);
  }
  const made = element("tr", row.change === "gone" ? "lab-gone" : "", ...cells);
  made.setAttribute("role", "row");
  return made;
}

/** Each family with its generations below it, the oldest first. */
export function familyTree(rows: Row[], state: State, act: Do): HTMLElement {
  const view = VIEWS.refresh_families as TableView;
  const families = rows.map((row) => {
    const client = state.clients[String(row.client_id)] ?? row.client_id;
    const about = element(
      "p",
      "lab-family-line",
      ...changeMark(row),
      element("code", "", short(row.key)),
      ` ${client}, ${row.rotates ? "rotates" : "does not rotate"}, grant `,
      element("code", "", short(row.grant_id)),
      `: ${row.state}${wasState(row)}. Last used ${timeText(Number(row.last_used), state.now)}.`,
      ...buttons("refresh_families", view.actions, row, act),
    );
    return element("li", row.change === "gone" ? "lab-gone" : "", about, generations(row, state));
  });
  const tree = element("ul", "lab-families", ...families);
  tree.setAttribute("aria-label", view.title);
  return tree;
}

interface Generation {
  generation: number;
  state: string;
  grace?: number;
}

function generations(row: Row, state: State): HTMLElement {
  const list = (row.generations as Generation[]).map(({ generation, state: stands, grace }) => {
    const until = grace === undefined ? "" : ` until ${timeText(grace - 1, state.now)}`;
    return element(
      "li",
      "lab-generation",
      element("b", "", `Generation ${generation}`),
      `: ${stands}${until}`,
    );
  });
  return element("ol", "lab-generations", ...list);
}

function wasState(row: Row): string {
  return row.was?.state === undefined ? "" : ` (was ${row.was.state})`;
}

/** What the last step did to a row, in words. */
export function changeMark(row: Row): (Node | string)[] {
  return row.change ? [element("span", `lab-change lab-change-${row.change}`, row.change), " "] : [];
}

function buttons(kind: string, actions: Action[], row: Row, act: Do): HTMLElement[] {
  return possible(actions, row).map(({ label, about, deed }) => {
    const made = button("lab-button", label, () =>
      act({ act: deed(row), done: `Done: ${label.toLowerCase()} ${about(row)}.` }),
    );
    made.append(" ", element("span", "lab-unseen", about(row)));
    made.dataset.row = `${kind} ${row.key}`;
    made.dataset.control = `${kind} ${row.key} ${label}`;
    return made;
  });
}

function possible(actions: Action[], row: Row): Action[] {
  return row.change === "gone" ? [] : actions.filter(({ isPossible }) => isPossible(row));
}

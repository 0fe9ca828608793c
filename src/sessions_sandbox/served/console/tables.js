/** Sections with a table each. A refresh changes what differs and nothing else, so that focus stays. */

/** @typedef {import("./calls.js").Overview} Overview */
/** @typedef {import("./calls.js").Row} Row */
/** @typedef {import("./columns.js").Table} Table */
/** @typedef {import("./columns.js").Action} Action */
/** @typedef {(action: Action, row: Row, button: HTMLButtonElement) => void} OnAction */

/**
 * A section for a table; returns how it is brought up to date.
 * @param {Table} table
 * @param {HTMLElement} parent
 * @param {OnAction} onAction
 * @returns {(overview: Overview) => void}
 */
export function addTable(table, parent, onAction) {
  const section = element("section", parent);
  const heading = element("h2", section, table.title);
  heading.id = table.id;
  heading.tabIndex = -1;
  section.setAttribute("aria-labelledby", table.id);
  const frame = element("div", section);
  frame.className = "table";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-labelledby", table.id);
  const shown = element("table", frame);
  const caption = element("caption", shown, table.caption);
  const head = element("tr", element("thead", shown));
  for (const name of [
    ...table.columns.map((column) => column.name),
    ...(table.actions.length ? ["Do"] : []),
  ]) {
    element("th", head, name).scope = "col";
  }
  const body = element("tbody", shown);
  const none = element("p", section, "None yet.");
  /** @type {Map<string, { line: HTMLTableRowElement, update: (row: Row, overview: Overview) => void }>} */
  const lines = new Map();

  return (overview) => {
    const { total, rows } = table.rows(overview);
    const keys = new Set(rows.map(table.key));
    for (const [key, { line }] of lines) {
      if (keys.has(key)) continue;
      if (line.contains(document.activeElement)) heading.focus();
      line.remove();
      lines.delete(key);
    }
    rows.forEach((row, place) => {
      const known = lines.get(table.key(row)) ?? addLine(table, onAction);
      lines.set(table.key(row), known);
      known.update(row, overview);
      if (body.children[place] !== known.line) body.insertBefore(known.line, body.children[place] ?? null);
    });
    const more = total > rows.length ? ` The newest ${rows.length} of ${total}.` : "";
    write(caption, `${table.caption}.${more}`);
    none.hidden = rows.length > 0;
    frame.hidden = rows.length === 0;
  };
}

/**
 * @param {Table} table
 * @param {OnAction} onAction
 */
function addLine(table, onAction) {
  const line = document.createElement("tr");
  const cells = table.columns.map((column) => {
    const cell = element("td", line);
    return column.code ? element("code", cell) : cell;
  });
  const last = table.actions.length ? element("td", line) : null;
  /** @type {Row} */
  let current = {};
  const buttons = table.actions.map((action) => {
    const button = element("button", /** @type {HTMLElement} */ (last), action.label);
    button.type = "button";
    button.addEventListener("click", () => {
      if (action.possible(current)) onAction(action, current, button);
    });
    return button;
  });
  return {
    line,
    /** @param {Row} row @param {Overview} overview */
    update(row, overview) {
      current = row;
      table.columns.forEach((column, place) => {
        write(/** @type {HTMLElement} */ (cells[place]), column.text(row, overview));
      });
      line.dataset.state = String(row.state ?? "");
      table.actions.forEach((action, place) => {
        const button = /** @type {HTMLButtonElement} */ (buttons[place]);
        button.setAttribute("aria-label", `${action.label} ${action.about(row, overview)}`);
        // Not `disabled`: a button that loses the focus under the reader's hands leaves the keyboard nowhere.
        button.setAttribute("aria-disabled", String(!action.possible(row)));
      });
    },
  };
}

/**
 * A new element at the end of another.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {HTMLElement} parent
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, parent, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  parent.append(made);
  return made;
}

/**
 * Change a text, if it is another one: a selection in it stays.
 * @param {HTMLElement} where
 * @param {string} text
 */
export function write(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/** The console: asks each second how the sandbox stands, shows it, and does what a button says. */

import { call, timeText } from "./calls.js";
import { TABLES } from "./columns.js";
import { addSwitches } from "./switches.js";
import { addTable, element, write } from "./tables.js";

/** @typedef {import("./calls.js").Overview} Overview */
/** @typedef {import("./calls.js").Row} Row */

const REFRESH_MILLISECONDS = 1000;
const SERVERS = ["default", "payments", "org"];
const STEPS = ["publish", "sign", "retire", "emergency"];

/** @template {HTMLElement} Kind @param {string} id @param {new () => Kind} kind @returns {Kind} */
function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const message = part("message", HTMLElement);
const main = part("main", HTMLElement);
let answers = true;
let asked = 0;
let acting = 0;

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  message.className = bad ? "bad" : "";
  message.textContent = text;
}

/**
 * Do a command, say how it went, and show what it changed.
 * @param {string} command @param {Row} sent @param {string} done
 */
async function act(command, sent, done) {
  acting += 1;
  asked += 1; // what was asked before shows how things stood before
  try {
    await call(command, sent);
    say(done);
  } catch (error) {
    say(`Not done: ${/** @type {Error} */ (error).message}`, true);
  }
  acting -= 1;
  await refresh();
}

/** @type {import("./tables.js").OnAction} */
function onAction(action, row, button) {
  if (action.command === undefined || action.sent === undefined) return showExchange(row);
  void act(action.command, action.sent(row), `Done: ${button.getAttribute("aria-label")}.`);
}

/** @param {Row} row */
function showExchange(row) {
  /** @param {string} first @param {string[][]} headers @param {string} body */
  const text = (first, headers, body) =>
    [first, ...headers.map(([name, value]) => `${name}: ${value}`), "", body].join("\n");
  const { method, url, status, reason } = row;
  part("exchange-title", HTMLElement).textContent = `Exchange ${row.number}`;
  part("exchange-request", HTMLElement).textContent = text(
    `${method} ${url}`,
    row.request_headers,
    row.request_body,
  );
  part("exchange-response", HTMLElement).textContent = text(
    `${status} ${reason}`,
    row.response_headers,
    row.response_body,
  );
  part("exchange", HTMLDialogElement).showModal();
}

function addRotation() {
  const keys = part("keys", HTMLElement).parentElement ?? main;
  const form = element("form", keys);
  const label = element("label", form, "Rotate the keys of");
  const server = element("select", form);
  server.id = label.htmlFor = "rotated-server";
  for (const name of SERVERS) element("option", server, name).value = name;
  for (const step of STEPS) {
    const button = element("button", form, step[0]?.toUpperCase() + step.slice(1));
    button.type = "button";
    button.addEventListener("click", () => {
      const issuer = issuers.get(server.value);
      void act("rotate_keys", { step, issuer }, `Done: ${step}, for the keys of ${server.value}.`);
    });
  }
}

part("advance", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const seconds =
    part("amount", HTMLInputElement).valueAsNumber * Number(part("unit", HTMLSelectElement).value);
  void act("advance", { seconds }, `Moved time forward by ${seconds} seconds.`);
});

const tables = TABLES.map((table) => addTable(table, main, onAction));
main.append(part("switches-section", HTMLElement));
addRotation();
const showSwitches = addSwitches(part("switch-list", HTMLElement), (name, value) =>
  act("set", { [name]: value }, `Turned ${name} to ${value}.`),
);
for (const heading of main.querySelectorAll("h2")) {
  const link = element("a", element("li", part("contents", HTMLElement)), heading.textContent ?? "");
  link.href = `#${heading.id}`;
}
/** @type {Map<string, string>} */
const issuers = new Map();

/** @param {Overview} overview */
function show(overview) {
  const now = part("now", HTMLTimeElement);
  write(now, timeText(overview.now));
  now.dateTime = new Date(overview.now * 1000).toISOString();
  write(part("clock-state", HTMLElement), overview.clock_runs ? "and running" : "and standing still");
  for (const key of overview.keys) issuers.set(key.server, key.issuer);
  for (const update of tables) update(overview);
  showSwitches(overview.switches);
}

/** Show how things stand, unless that is changing; an answer that something has overtaken is not shown. */
async function refresh() {
  if (acting > 0) return;
  const mine = ++asked;
  try {
    const overview = await call("console");
    if (mine !== asked) return;
    show(overview);
    if (!answers) say("The sandbox answers again.");
    answers = true;
  } catch (error) {
    if (answers) say(/** @type {Error} */ (error).message, true);
    answers = false;
  }
}

async function keepRefreshing() {
  if (!document.hidden) await refresh();
  setTimeout(keepRefreshing, REFRESH_MILLISECONDS);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
void keepRefreshing();

/** The switches: a box to tick, a choice or a number for each. */

import { element } from "./tables.js";

/** @typedef {import("./calls.js").Switch} Switch */
/** @typedef {(name: string, value: unknown) => Promise<void>} Turn */
/** @typedef {(value: any) => void} Show */

/**
 * Returns how the switches are brought up to date. `turn` rejects nothing.
 * @param {HTMLElement} parent
 * @param {Turn} turn
 * @returns {(switches: Switch[]) => void}
 */
export function addSwitches(parent, turn) {
  /** @type {Map<string, Show>} */
  const shown = new Map();
  return (switches) => {
    for (const one of switches) {
      const show = shown.get(one.name) ?? addSwitch(parent, one, turn);
      shown.set(one.name, show);
      show(one.value);
    }
  };
}

/** @param {HTMLElement} parent @param {Switch} one @param {Turn} turn @returns {Show} */
function addSwitch(parent, one, turn) {
  const line = element("div", parent);
  line.className = "switch";
  const label = element("label", line);
  element("code", label, one.name);
  const sentence = one.meaning.replaceAll("`", "");
  const meaning = element("p", line, sentence.charAt(0).toUpperCase() + sentence.slice(1));
  meaning.id = `meaning-of-${one.name}`;
  const { control, show } = controlOf(one, turn);
  control.id = label.htmlFor = `switch-${one.name}`;
  control.setAttribute("aria-describedby", meaning.id);
  label.after(control);
  return show;
}

/**
 * @param {Switch} one @param {Turn} turn
 * @returns {{ control: HTMLElement, show: Show }}
 */
function controlOf(one, turn) {
  if (Array.isArray(one.kind)) return choice(one.name, one.kind, turn);
  return one.kind === "True or False" ? box(one.name, turn) : number(one.name, one.kind, turn);
}

/** @param {string} name @param {Turn} turn */
function box(name, turn) {
  const control = document.createElement("input");
  control.type = "checkbox";
  control.addEventListener("change", () => turn(name, control.checked));
  const show = (/** @type {boolean} */ value) => {
    control.checked = value;
  };
  return { control, show };
}

/** @param {string | boolean | null} value */
function label(value) {
  if (value === null) return "as set up";
  return typeof value === "boolean" ? (value ? "on" : "off") : value;
}

/** @param {string} name @param {(string | boolean | null)[]} values @param {Turn} turn */
function choice(name, values, turn) {
  const control = document.createElement("select");
  for (const value of values) element("option", control, label(value)).value = String(value);
  control.addEventListener("change", () => turn(name, values[control.selectedIndex]));
  const show = (/** @type {string | boolean | null} */ value) => {
    control.value = String(value);
  };
  return { control, show };
}

/**
 * A number is sent when the reader is done with it, and not written over while it has the focus.
 * @param {string} name @param {string} kind @param {Turn} turn
 */
function number(name, kind, turn) {
  const control = document.createElement("input");
  const mayBeNone = kind.endsWith("None");
  control.type = "number";
  control.step = "1";
  control.placeholder = mayBeNone ? "none" : "";
  let current = "";
  const show = (/** @type {number | null} */ value) => {
    const changed = current !== String(value ?? "");
    current = String(value ?? "");
    if (changed || document.activeElement !== control) control.value = current;
  };
  control.addEventListener("change", async () => {
    if (control.value !== "" || mayBeNone) {
      await turn(name, control.value === "" ? null : Number(control.value));
    }
    control.value = current;
  });
  return { control, show };
}

/** The switches of the sandbox: a box to tick, a choice or a number each, made once and then kept up to date. */
import { element } from "../dom.ts";
import type { Choice, Do, State, Switch } from "./state.ts";
import { changeMark } from "./tables.ts";

interface Control {
  element: HTMLInputElement | HTMLSelectElement;
  show: (value: Switch["value"]) => void;
}

export class Switches {
  readonly element = element("ul", "lab-switches");
  private readonly shown = new Map<string, (one: Switch, isTurned: boolean) => void>();

  constructor(private readonly act: Do) {}

  show(state: State): void {
    for (const one of state.switches) {
      let show = this.shown.get(one.name);
      if (!show) {
        show = this.add(one);
        this.shown.set(one.name, show);
      }
      show(one, state.turned.includes(one.name));
    }
  }

  private add(one: Switch): (one: Switch, isTurned: boolean) => void {
    const control = this.controlOf(one);
    const note = element("span", "lab-note");
    const sentence = one.meaning.replaceAll("`", "");
    const meaning = element("p", "lab-meaning", sentence.charAt(0).toUpperCase() + sentence.slice(1));
    control.element.id = `lab-switch-${one.name}`;
    control.element.dataset.control = `switch ${one.name}`;
    meaning.id = `lab-meaning-${one.name}`;
    control.element.setAttribute("aria-describedby", meaning.id);
    const label = element("label", "", element("code", "", one.name));
    label.htmlFor = control.element.id;
    this.element.append(element("li", "", label, " ", control.element, note, meaning));
    return (now, isTurned) => {
      control.show(now.value);
      note.replaceChildren(" ", ...changeMark(now), isTurned ? "turned here" : "");
    };
  }

  private controlOf({ name, kind }: Switch): Control {
    const turn = (value: Switch["value"]): void =>
      this.act({
        act: { do: "turn", switches: { [name]: value } },
        done: `${name} is now ${label(value)}. It stays so until the next reset.`,
      });
    if (typeof kind !== "string") {
      return choice(kind, turn);
    }
    return kind === "True or False" ? box(turn) : number(kind, turn);
  }
}

function label(value: Switch["value"]): string {
  return value === null ? "as set up" : value === true ? "on" : value === false ? "off" : String(value);
}

function box(turn: (value: boolean) => void): Control {
  const control = element("input", "");
  control.type = "checkbox";
  control.addEventListener("change", () => turn(control.checked));
  return {
    element: control,
    show: (value) => {
      control.checked = value === true;
    },
  };
}

function choice(kinds: Choice[], turn: (value: Choice) => void): Control {
  const control = element("select", "", ...kinds.map((kind) => new Option(label(kind), String(kind))));
  control.addEventListener("change", () => turn(kinds[control.selectedIndex] ?? null));
  return {
    element: control,
    show: (value) => {
      control.value = String(value);
    },
  };
}

/** A number counts when the reader is done with it, and is not written over while it has the focus. */
function number(kind: string, turn: (value: number | null) => void): Control {
  const control = element("input", "lab-number");
  const mayBeNone = kind.endsWith("None");
  control.type = "number";
  control.step = "1";
  control.placeholder = mayBeNone ? "none" : "";
  let current = "";
  let isSent = false;
  control.addEventListener("change", () => {
    if (control.value !== "" || mayBeNone) {
      isSent = true;
      turn(control.value === "" ? null : Number(control.value));
    } else {
      control.value = current;
    }
  });
  return {
    element: control,
    show: (value) => {
      const isOver = isSent || current !== String(value ?? "");
      current = String(value ?? "");
      isSent = false;
      if (isOver || document.activeElement !== control) {
        control.value = current;
      }
    },
  };
}

/** The rotation of an issuer's signing keys, step by step. */
import { button, element } from "../dom.ts";
import type { Do, State } from "./state.ts";

const STEPS: [step: string, label: string][] = [
  ["publish", "Publish the next key"],
  ["sign", "Sign with it"],
  ["retire", "Retire the old key"],
  ["emergency", "Emergency: replace at once"],
];

/** A line for each issuer. */
export function rotationOf(state: State, act: Do): HTMLElement {
  const issuers = new Map(state.keys.map((key) => [String(key.server), String(key.issuer)]));
  const lines = [...issuers].map(([server, issuer]) => {
    const steps = STEPS.map(([step, label]) => {
      const made = button("lab-button", label, () =>
        act({ act: { do: "rotate_keys", step, issuer }, done: `Done for the keys of ${server}: ${step}.` }),
      );
      made.append(" ", element("span", "lab-unseen", `(${server})`));
      made.dataset.control = `rotate ${server} ${step}`;
      return made;
    });
    const line = element(
      "p",
      "lab-line lab-buttons",
      element("span", "", `Rotate the keys of ${server}: `),
      ...steps,
    );
    line.setAttribute("role", "group");
    line.setAttribute("aria-label", `Rotate the keys of ${server}`);
    return line;
  });
  return element("div", "", ...lines);
}

/** The clock of the laboratory: what it shows, steps forward, and the moments at which something ends. */
import { button, element } from "../dom.ts";
import { type Do, fullTime, type Moment, type State, short, timeText } from "./state.ts";

const STEPS: [name: string, seconds: number][] = [
  ["+1 s", 1],
  ["+1 min", 60],
  ["+1 h", 3600],
  ["+1 day", 86400],
];

/** By table and what ends there. */
const ENDS: Record<string, string> = {
  "access_tokens expiry": "An access token expires",
  "authorization_codes expiry": "An authorization code expires",
  "app_sessions idle timeout": "A cookie session idles out",
  "app_sessions absolute limit": "A cookie session reaches its absolute limit",
  "idp_sessions idle timeout": "A session at the identity provider idles out",
  "idp_sessions absolute limit": "A session at the identity provider reaches its absolute limit",
  "bff_sessions end": "A BFF session ends",
  "keys next key unknown": "Every client knows the next signing key",
  "keys old key in use": "The last token of the old signing key has expired",
  "refresh_families grace": "The grace of a rotated refresh token is over",
  "refresh_families idle limit": "A refresh token reaches its idle limit",
  "refresh_families absolute limit": "A refresh token reaches its absolute limit",
};

export function clockOf(state: State, act: Do): HTMLElement {
  const time = element("time", "lab-time", fullTime(state.now));
  time.dateTime = new Date(state.now * 1000).toISOString();
  const was = state.before === state.now ? "" : ` (was ${timeText(state.before, state.now)})`;
  const steps = STEPS.map(([name, seconds]) => jump(`${name}: `, state, seconds, act, name));
  const group = element(
    "div",
    "lab-clock",
    element(
      "p",
      "lab-line",
      element("b", "", "Clock "),
      time,
      ` UTC${was}. It stands still until it is moved.`,
    ),
    element("p", "lab-line lab-buttons", ...steps),
  );
  if (state.moments.length > 0) {
    group.append(
      element("ul", "lab-moments", ...state.moments.map((moment) => momentOf(moment, state, act))),
    );
  }
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Clock");
  return group;
}

function momentOf(moment: Moment, state: State, act: Do): HTMLElement {
  const kind = `${moment.table} ${moment.what}`;
  const seconds = moment.at - state.now;
  const end = ENDS[kind] ?? kind;
  const jumps = [jump("", state, seconds, act, kind)];
  if (seconds > 1) {
    jumps.unshift(jump("one second before: ", state, seconds - 1, act, `before ${kind}`));
  }
  const name = element("span", "lab-moment", `${end} (`, element("code", "", short(moment.key)), ")");
  for (const one of jumps) {
    one.append(" ", element("span", "lab-unseen", `(${end})`));
  }
  return element("li", "lab-buttons", name, ...jumps);
}

function jump(name: string, state: State, seconds: number, act: Do, control: string): HTMLButtonElement {
  const to = timeText(state.now + seconds, state.now);
  const made = button("lab-button", `${name}${timeText(state.now, state.now)} → ${to}`, () =>
    act({ act: { do: "advance", seconds }, done: `The clock shows ${to}.` }),
  );
  made.dataset.control = `clock ${control}`;
  return made;
}

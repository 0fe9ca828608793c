/** The messages of a run as a sequence diagram: a line for each who takes part, an arrow for each message. */

import { element } from "../dom.ts";
import type { Exchange } from "../python/messages.ts";
import { Toggle } from "../toggle.ts";
import { copyBar } from "./copy_bar.ts";
import { FIRST_ERROR_STATUS } from "./exchanges.ts";
import { type Arrow, lifelinesOf } from "./lifelines.ts";
import { type Side, shortUrl, textOf } from "./message_text.ts";
import { type Follower, messageView } from "./message_view.ts";

const WIDEST = 960; // pixels, where the page is wide
const LANE = { narrowest: 190, widest: 300 }; // pixels from lifeline to lifeline
const ROW = 50; // pixels; the arrow's label, the arrow, what it carries
const LABEL = 15;
const LINE = 23;
const CARRIED = 38;
const CHARACTER = 6.7; // pixels
const SVG = "http://www.w3.org/2000/svg";

export class WireDiagram {
  readonly element = element("div", "wire-diagram");
  private readonly rows = element("ol", "wire-rows");
  private readonly arrows = new Map<string, ArrowRow>();
  private readonly lanes: Map<string, number>;

  constructor(
    private readonly exchanges: readonly Exchange[],
    private readonly follower: Follower,
  ) {
    const names = lifelinesOf(exchanges);
    this.lanes = new Map(names.map((name, index) => [name, laneOf(names.length) * (index + 0.5)]));
    this.element.append(this.head(), this.rows);
    this.element.addEventListener("keydown", (event) => this.move(event));
  }

  add(arrow: Arrow): void {
    const exchange = this.exchanges[arrow.exchange] as Exchange;
    const row = new ArrowRow(arrow, exchange, this.lanes, this.follower);
    this.arrows.set(`${arrow.exchange} ${arrow.side}`, row);
    this.rows.append(row.element);
  }

  open(exchange: number, side: Side): HTMLElement | null {
    return this.arrows.get(`${exchange} ${side}`)?.open() ?? null;
  }

  note(exchange: number, side: Side, text: string): void {
    this.arrows.get(`${exchange} ${side}`)?.note(text);
  }

  private head(): HTMLElement {
    const head = drawing(this.lanes.size, 24);
    for (const [name, x] of this.lanes) {
      head.append(label(name, x, 16, "middle", "wire-name"));
    }
    const box = element("div", "wire-head");
    box.append(head);
    return box;
  }

  /** Arrow keys go from message to message. */
  private move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = event.target;
    if (step && from instanceof HTMLElement && from.classList.contains("wire-arrow")) {
      const all = [...this.rows.querySelectorAll<HTMLElement>(".wire-arrow")];
      all[all.indexOf(from) + step]?.focus();
      event.preventDefault();
    }
  }
}

class ArrowRow {
  readonly element = element("li", "wire-row");
  private readonly toggle: Toggle;
  private readonly noted = shape("tspan", "wire-noted", {});
  private readonly picture: SVGElement;
  /** What can be read in the picture, and who speaks; `noted`: of the value that is followed. */
  private readonly name: (noted: string) => string;

  constructor(arrow: Arrow, exchange: Exchange, lanes: ReadonlyMap<string, number>, follower: Follower) {
    const { side, from, to } = arrow;
    const { picture, words, carried } = drawn(arrow, exchange, lanes);
    this.picture = picture;
    this.name = (noted) =>
      [words, noted, carried, `${side} ${arrow.exchange + 1} from ${from} to ${to}`]
        .filter(Boolean)
        .join(", ");
    this.toggle = new Toggle("wire-arrow", "wire-message", () => [
      messageView(exchange, side, follower),
      ...(side === "request" ? [copyBar(exchange)] : []),
    ]);
    this.toggle.button.setAttribute("aria-label", this.name(""));
    this.toggle.button.append(picture);
    this.element.append(this.toggle.button, this.toggle.details);
  }

  open(): HTMLElement | null {
    this.toggle.isOpen = true;
    return this.toggle.details.querySelector("pre");
  }

  note(text: string): void {
    this.toggle.button.setAttribute("aria-label", this.name(text));
    this.noted.textContent = `● ${text} `;
    if (text) {
      this.picture.querySelector(".wire-carried")?.prepend(this.noted);
    } else {
      this.noted.remove();
    }
  }
}

function drawn(
  { exchange: index, side, from, to }: Arrow,
  exchange: Exchange,
  lanes: ReadonlyMap<string, number>,
): { picture: SVGElement; words: string; carried: string } {
  const picture = drawing(lanes.size, ROW);
  for (const x of lanes.values()) {
    picture.append(shape("line", "wire-lifeline", { x1: x, x2: x, y1: 0, y2: ROW }));
  }
  const [start = 0, end = 0] = [lanes.get(from), lanes.get(to)];
  const kind = side === "request" ? "wire-request" : "wire-response";
  const failed = side === "response" && exchange.status >= FIRST_ERROR_STATUS ? " wire-refused" : "";
  const towards = Math.sign(end - start);
  const path =
    towards === 0 ? `M${start} ${LINE - 6} h-24 v12 h20` : `M${start} ${LINE} H${end - 2 * towards}`;
  const tip = towards === 0 ? `M${start} ${LINE + 6}` : `M${end - towards} ${LINE}`;
  const back = towards === 0 ? -8 : -8 * towards;
  picture.append(
    shape("path", `wire-line ${kind}${failed}`, { d: path }),
    shape("path", `wire-tip${failed}`, { d: `${tip} l${back} -4 v8 z` }),
  );
  const lane = laneOf(lanes.size);
  const left = (towards === 0 ? start - lane / 2 : Math.min(start, end)) + 8;
  const room = lanes.size * lane - left;
  const said =
    side === "request" ? `${index + 1} ${exchange.method} ${pathOf(exchange.url)}` : answerOf(exchange);
  const words = fitting(said, room);
  const carried = fitting(carriedBy(exchange, side), room);
  picture.append(
    label(words, left, LABEL, "start", `wire-label${failed}`),
    " ",
    label(carried, left, CARRIED, "start", "wire-carried"),
  );
  return { picture, words, carried };
}

/** How far apart so many lifelines stand. */
function laneOf(lanes: number): number {
  return Math.min(LANE.widest, Math.max(LANE.narrowest, WIDEST / lanes));
}

/** The names of what is to be watched in a message. */
function carriedBy(exchange: Exchange, side: Side): string {
  const marks = textOf(exchange, side).map(({ mark }) => mark);
  return [...new Set(marks.filter((mark) => mark && !mark.startsWith("redirect")))].join(", ");
}

function answerOf({ status, reason, response_headers }: Exchange): string {
  const location = response_headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  return location ? `${status} redirect to ${shortUrl(location)}` : `${status} ${reason}`.trim();
}

/** The path without what all paths of an authorization server begin with. */
function pathOf(url: string): string {
  const host = shortUrl(url).split("/", 1)[0] ?? "";
  return shortUrl(url)
    .slice(host.length)
    .replace(/^\/oauth2\/.*?(?=\/v1\/)/, "…");
}

function fitting(text: string, room: number): string {
  const most = Math.floor(room / CHARACTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function drawing(lanes: number, height: number): SVGElement {
  const width = lanes * laneOf(lanes);
  const picture = shape("svg", "", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("focusable", "false");
  return picture;
}

function label(text: string, x: number, y: number, anchor: string, className: string): SVGElement {
  const made = shape("text", className, { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}

function shape(name: string, className: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [attribute, value] of Object.entries({ class: className, ...attributes })) {
    if (value !== "") {
      made.setAttribute(attribute, String(value));
    }
  }
  return made;
}

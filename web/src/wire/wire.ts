/** Beneath a run: its HTTP exchanges, as a diagram and as a list, in which values can be followed. */
import { button, element } from "../dom.ts";
import { inPieces } from "../in_pieces.ts";
import type { Exchange } from "../python/messages.ts";
import { ExchangeList } from "./exchanges.ts";
import { arrowsOf } from "./lifelines.ts";
import type { Piece } from "./marks.ts";
import type { Side } from "./message_text.ts";
import { keyOf, type Place, Threads, toldOf } from "./threads.ts";
import { WireDiagram } from "./wire_diagram.ts";

type View = "diagram" | "list";

const KEPT = "sessions-wire-view";
const WIDE = "(min-width: 45em)"; // where a diagram of three lifelines has room

export class Wire {
  readonly element = element("div", "wire");
  private readonly list: ExchangeList;
  private readonly diagram: WireDiagram;
  private readonly views: Record<View, HTMLButtonElement>;
  private readonly told = element("p", "wire-told");
  private readonly following: HTMLElement;
  private readonly shown: { mark: HTMLElement; key: string }[] = [];
  private threads: Promise<Threads> | null = null;
  private places: readonly Place[] = [];
  private at = 0;
  private keys: ReadonlySet<string> = new Set();
  private isDrawn = false;

  constructor(private readonly exchanges: readonly Exchange[]) {
    const follower = {
      isShown: (mark: HTMLElement, piece: Piece) => this.show(mark, keyOf(piece)),
      follow: (piece: Piece, exchange: Exchange, side: Side) => void this.follow(piece, exchange, side),
    };
    this.list = new ExchangeList(follower);
    this.diagram = new WireDiagram(exchanges, follower);
    this.views = {
      diagram: button("wire-view", "Diagram", () => this.choose("diagram")),
      list: button("wire-view", "List", () => this.choose("list")),
    };
    this.told.setAttribute("role", "status");
    this.following = element(
      "div",
      "wire-following",
      this.told,
      button("wire-step", "Previous", () => this.step(-1)),
      button("wire-step", "Next", () => this.step(1)),
      button("wire-step", "Stop following", () => this.stopFollowing()),
    );
    this.following.hidden = true;
    const count = exchanges.length === 1 ? "1 HTTP exchange" : `${exchanges.length} HTTP exchanges`;
    const choice = element("div", "wire-views", this.views.diagram, this.views.list);
    choice.setAttribute("role", "group");
    choice.setAttribute("aria-label", "Show the exchanges as");
    this.element.append(
      element("div", "wire-bar", element("p", "run-label", count), choice),
      this.following,
      this.diagram.element,
      this.list.element,
    );
    this.view = keptView() ?? (matchMedia(WIDE).matches ? "diagram" : "list");
    void this.fill(exchanges, (exchange) => this.list.add(exchange));
  }

  /** Whoever makes a wire puts it on the page at once. */
  private readonly isThere = (): boolean => this.element.isConnected;

  private get view(): View {
    return this.list.element.hidden ? "diagram" : "list";
  }

  private set view(view: View) {
    this.diagram.element.hidden = view !== "diagram";
    this.list.element.hidden = view !== "list";
    for (const [name, chooser] of Object.entries(this.views)) {
      chooser.setAttribute("aria-pressed", String(name === view));
    }
    if (view === "diagram" && !this.isDrawn) {
      this.isDrawn = true;
      void this.fill(arrowsOf(this.exchanges), (arrow) => this.diagram.add(arrow));
    }
  }

  private async fill<Item>(items: readonly Item[], add: (item: Item) => void): Promise<void> {
    await inPieces(items, add, this.isThere);
    this.noteAll();
  }

  private choose(view: View): void {
    this.view = view;
    keepView(view);
    this.noteAll();
  }

  private show(mark: HTMLElement, key: string): void {
    this.shown.push({ mark, key });
    this.highlight(mark, key);
  }

  private highlight(mark: HTMLElement, key: string): void {
    mark.classList.toggle("wire-followed", this.keys.has(key));
  }

  private async follow(piece: Piece, exchange: Exchange, side: Side): Promise<void> {
    this.threads ??= Threads.of(this.exchanges, this.isThere);
    const threads = await this.threads;
    this.clearNotes();
    this.keys = threads.keysWith(keyOf(piece));
    this.places = threads.of(piece);
    const index = this.exchanges.indexOf(exchange);
    this.at = this.places.findIndex((place) => place.exchange === index && place.side === side);
    this.following.hidden = false;
    this.told.textContent = `This ${piece.mark}: ${toldOf(this.places)}.`;
    this.noteAll();
  }

  private stopFollowing(): void {
    this.clearNotes();
    this.keys = new Set();
    this.places = [];
    this.following.hidden = true;
    this.told.textContent = "";
    this.noteAll();
    this.views[this.view].focus();
  }

  /** Goes to the next message in which the value stands, after the last one to the first. */
  private step(by: number): void {
    this.at = (this.at + by + this.places.length) % this.places.length;
    const place = this.places[this.at];
    if (!place) {
      return;
    }
    const view = this.view === "list" ? this.list : this.diagram;
    const message = view.open(place.exchange, place.side);
    const target = message?.querySelector<HTMLElement>(".wire-followed .wire-follow") ?? message;
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  }

  private noteAll(): void {
    const words = new Map<number, string>();
    this.places.forEach(({ exchange, side }, index) => {
      const word = noteOn(side, index);
      const before = words.get(exchange);
      words.set(exchange, before ? `${before}, ${word}` : word);
      this.diagram.note(exchange, side, word);
    });
    for (const [exchange, word] of words) {
      this.list.note(exchange, word);
    }
    for (const { mark, key } of this.shown) {
      this.highlight(mark, key);
    }
  }

  private clearNotes(): void {
    for (const { exchange, side } of this.places) {
      this.list.note(exchange, "");
      this.diagram.note(exchange, side, "");
    }
  }
}

function noteOn(side: Side, index: number): string {
  if (index === 0) {
    return side === "response" ? "issued here" : "sent here first";
  }
  return side === "response" ? "returned here" : "used here";
}

function keptView(): View | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "diagram" || kept === "list" ? kept : null;
  } catch {
    return null; // a browser may keep nothing
  }
}

function keepView(view: View): void {
  try {
    localStorage.setItem(KEPT, view);
  } catch {
    // then it is chosen anew on the next page
  }
}

/** A request or a response as it went over the wire, with what is to be watched marked in it. */
import { element } from "../dom.ts";
import type { Exchange } from "../python/messages.ts";
import { inspectButton, JWT } from "../tokens/buttons.ts";
import type { Piece } from "./marks.ts";
import { type Side, textOf } from "./message_text.ts";

/** Told of the values that are shown, and of the one that the reader chooses. */
export interface Follower {
  isShown(mark: HTMLElement, piece: Piece): void;
  follow(piece: Piece, exchange: Exchange, side: Side): void;
}

export function messageView(exchange: Exchange, side: Side, follower: Follower): HTMLPreElement {
  const pieces = textOf(exchange, side).map((piece) =>
    shown(piece, follower, () => follower.follow(piece, exchange, side)),
  );
  return element("pre", `run-text run-${side}`, ...pieces);
}

/** A marked piece says in words what it is: the style sheet shows data-label on its button. */
function shown(piece: Piece, follower: Follower, choose: () => void): Node {
  const { text, mark } = piece;
  if (!mark) {
    return document.createTextNode(text);
  }
  const follow = element("button", "wire-follow");
  follow.type = "button";
  follow.dataset.label = mark;
  follow.setAttribute("aria-label", `Follow this ${mark}`);
  follow.addEventListener("click", choose);
  const marked = element("mark", "run-mark", follow, text);
  marked.dataset.mark = mark;
  if (JWT.test(text)) {
    marked.append(inspectButton(text, mark));
  }
  follower.isShown(marked, piece);
  return marked;
}

/** Follows a value over a run: from the message in which it first stands to all in which it stands again. */

import { inPieces } from "../in_pieces.ts";
import type { Exchange } from "../python/messages.ts";
import type { Piece } from "./marks.ts";
import { type Side, textOf } from "./message_text.ts";

/** A message in which a value stands. `exchange` counts from 0 within the run. */
export interface Place {
  exchange: number;
  side: Side;
  mark: string;
}

const SHORT = 8; // characters: what is shorter may be the same by chance
const CHALLENGE = "PKCE challenge";
const VERIFIER = "PKCE verifier";

/** The places of each value, in the order of the messages. */
export class Threads {
  private readonly places = new Map<string, Place[]>();
  private readonly related = new Map<string, string>();

  static async of(exchanges: readonly Exchange[], goesOn: () => boolean): Promise<Threads> {
    const threads = new Threads();
    const numbered = exchanges.map((exchange, index) => ({ exchange, index }));
    await inPieces(numbered, ({ exchange, index }) => threads.read(exchange, index), goesOn);
    await threads.relate();
    return threads;
  }

  /** Empty for a piece that is no value to follow. */
  of(piece: Piece): Place[] {
    const key = keyOf(piece);
    return this.places.get(this.related.get(key) ?? key) ?? [];
  }

  /** This value and what it is related to. */
  keysWith(key: string): Set<string> {
    const root = this.related.get(key) ?? key;
    const others = [...this.related].filter(([, challenge]) => challenge === root);
    return new Set([root, ...others.map(([verifier]) => verifier)]);
  }

  private read(exchange: Exchange, index: number): void {
    for (const side of ["request", "response"] as const) {
      for (const piece of textOf(exchange, side)) {
        if (piece.mark) {
          this.add(keyOf(piece), { exchange: index, side, mark: piece.mark });
        }
      }
    }
  }

  private add(key: string, place: Place): void {
    const places = this.places.get(key) ?? [];
    const isKnown = places.some(({ exchange, side }) => exchange === place.exchange && side === place.side);
    if (!isKnown) {
      this.places.set(key, [...places, place]);
    }
  }

  /** A verifier belongs to the challenge that is its hash (RFC 7636 §4.2). Without TLS, nothing hashes here. */
  private async relate(): Promise<void> {
    for (const [key, places] of [...this.places]) {
      if (crypto.subtle && places.some(({ mark }) => mark === VERIFIER)) {
        const challenge = await s256(key);
        const asked = this.places.get(challenge);
        if (asked?.some(({ mark }) => mark === CHALLENGE)) {
          this.places.set(challenge, [...asked, ...places].sort(inOrder));
          this.related.set(key, challenge);
        }
      }
    }
  }
}

/** Such as "issued in 3, used in 4, 6". */
export function toldOf(places: readonly Place[]): string {
  const [first, ...later] = places;
  if (!first) {
    return "";
  }
  const used = numbers(later.filter(({ side }) => side === "request"));
  const returned = numbers(later.filter(({ side }) => side === "response"));
  const isHashed = first.mark === CHALLENGE && later.some(({ mark }) => mark === VERIFIER);
  const use = isHashed ? "its verifier used in" : first.side === "request" ? "used again in" : "used in";
  return [
    `${first.side === "response" ? "issued" : "sent"} in ${first.exchange + 1}`,
    used && `${use} ${used}${isHashed ? " (the challenge is its SHA-256)" : ""}`,
    returned && `returned in ${returned}`,
    later.length === 0 && "in no other message of this run",
  ]
    .filter(Boolean)
    .join(", ");
}

function numbers(places: Place[]): string {
  return [...new Set(places.map(({ exchange }) => exchange + 1))].join(", ");
}

export function keyOf({ text, mark = "" }: Piece): string {
  const value = decoded(text);
  return value.length < SHORT ? `${mark} ${value}` : value;
}

/** A value may be percent-encoded in one place and not in another. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function s256(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function inOrder(one: Place, other: Place): number {
  return one.exchange - other.exchange || one.side.localeCompare(other.side);
}

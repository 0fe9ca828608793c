/** Who speaks with whom in a run, and in which order the messages go over the wire. Pure functions. */

import type { Exchange } from "../python/messages.ts";
import { type Side, shortUrl } from "./message_text.ts";

/** A request or a response on its way. `exchange` counts from 0. */
export interface Arrow {
  exchange: number;
  side: Side;
  from: string;
  to: string;
}

const PROGRAM = "your program";
const BROWSER = "browser";
const SERVERS: Record<string, string> = {
  "app.acme.test": "app",
  "idp.acme.test": "authorization server",
  "api.acme.test": "API",
};
const ORDER = [PROGRAM, BROWSER, ...Object.values(SERVERS)];

/** Who sent the request, by its User-Agent: a server that asks another, the browser, or else the program. */
export function senderOf(exchange: Exchange): string {
  return exchange.sender === "ModelBrowser" ? BROWSER : (serverCalled(exchange.sender) ?? PROGRAM);
}

/** Who was asked. */
export function receiverOf(exchange: Exchange): string {
  const [host = ""] = shortUrl(exchange.url).split("/");
  return serverCalled(host) ?? host;
}

function serverCalled(host: string): string | undefined {
  return Object.hasOwn(SERVERS, host) ? SERVERS[host] : undefined;
}

/** Those who take part, from left to right. */
export function lifelinesOf(exchanges: readonly Exchange[]): string[] {
  const present = new Set(exchanges.flatMap((exchange) => [senderOf(exchange), receiverOf(exchange)]));
  return [
    ...ORDER.filter((name) => present.has(name)),
    ...[...present].filter((name) => !ORDER.includes(name)),
  ];
}

/**
 * Each request and each response. Exchanges are noted in the order in which they begin: what a server asks
 * while it is itself asked lies between the two messages of that exchange.
 */
export function arrowsOf(exchanges: readonly Exchange[]): Arrow[] {
  const arrows: Arrow[] = [];
  const open: Arrow[] = [];
  const answer = (request: Arrow): void => {
    arrows.push({ exchange: request.exchange, side: "response", from: request.to, to: request.from });
  };
  exchanges.forEach((exchange, index) => {
    const request: Arrow = {
      exchange: index,
      side: "request",
      from: senderOf(exchange),
      to: receiverOf(exchange),
    };
    while (open.length > 0 && open.at(-1)?.to !== request.from) {
      answer(open.pop() as Arrow);
    }
    arrows.push(request);
    open.push(request);
  });
  for (const request of open.reverse()) {
    answer(request);
  }
  return arrows;
}

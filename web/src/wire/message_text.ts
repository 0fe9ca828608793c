/** The text of a request and of its response, in pieces, as the exchange holds it. Pure functions. */

import type { Exchange, Header } from "../python/messages.ts";
import { markBody, markHeader, markUrl, type Piece } from "./marks.ts";

export type Side = "request" | "response";

export function textOf(exchange: Exchange, side: Side): Piece[] {
  return side === "request"
    ? text(exchange.request_headers, exchange.request_body, [
        { text: `${exchange.method} ` },
        ...markUrl(exchange.url),
      ])
    : text(exchange.response_headers, exchange.response_body, [
        { text: `${exchange.status} ${exchange.reason}`.trim() },
      ]);
}

function text(headers: Header[], body: string, firstLine: Piece[]): Piece[] {
  const pieces = [...firstLine, { text: "\n" }];
  for (const header of headers) {
    pieces.push({ text: `${header[0]}: ` }, ...markHeader(header), { text: "\n" });
  }
  if (body) {
    pieces.push({ text: "\n" }, ...markBody(headers, body), { text: "\n" });
  }
  return pieces;
}

/** Host and path; a query is there to be seen when the message is opened. */
export function shortUrl(url: string): string {
  const [, hostAndPath = url, query = ""] = /^https?:\/\/([^?#]*)(\?.*)?/.exec(url) ?? [];
  return query ? `${hostAndPath}?…` : hostAndPath;
}

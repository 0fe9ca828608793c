/** A request as a command or a program that sends it again, to a sandbox that is served. Pure functions. */
import type { Exchange, Header } from "../python/messages.ts";

/** Where `scripts/sandbox` serves, unless told otherwise; the Host header says which of its servers is meant. */
export const SERVED = "http://127.0.0.1:8600";

/** What the client that sends it again knows better. */
const OWN = ["accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"];

export function asCurl(exchange: Exchange): string {
  const body = exchange.request_body;
  const method = body ? "POST" : "GET";
  const parts = [`curl -i ${quoted(addressOf(exchange))}`];
  if (exchange.method === "HEAD") {
    parts[0] += " --head";
  } else if (exchange.method !== method) {
    parts.push(`-X ${quoted(exchange.method)}`);
  }
  parts.push(...headersOf(exchange).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
  if (body) {
    if (!headersOf(exchange).some(([name]) => name.toLowerCase() === "content-type")) {
      parts.push("-H 'Content-Type:'");
    }
    parts.push(`--data-raw ${quoted(body)}`);
  }
  return parts.join(" \\\n  ");
}

export function asPython(exchange: Exchange): string {
  const headers = headersOf(exchange).map(([name, value]) => `        ${literal(name)}: ${literal(value)},`);
  return [
    "import requests",
    "",
    "reply = requests.request(",
    `    ${literal(exchange.method)},`,
    `    ${literal(addressOf(exchange))},`,
    "    headers={",
    ...headers,
    "    },",
    ...(exchange.request_body ? [`    data=${literal(exchange.request_body)}.encode(),`] : []),
    "    allow_redirects=False,",
    "    timeout=5,",
    ")",
    "print(reply.status_code, reply.headers, reply.text)",
    "",
  ].join("\n");
}

function addressOf({ url }: Exchange): string {
  return SERVED + url.replace(/^https?:\/\/[^/?#]*/, "");
}

/** With Host first: by its name the server knows itself, so that issuer and redirect URIs stay as they are. */
function headersOf({ url, request_headers }: Exchange): Header[] {
  const host = /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  return [["Host", host], ...request_headers.filter(([name]) => !OWN.includes(name.toLowerCase()))];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What JSON writes as a string, Python reads as the same string. */
function literal(text: string): string {
  return JSON.stringify(text);
}

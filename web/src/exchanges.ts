/** The list of a run's HTTP exchanges: a row each, which opens to show what was sent and what came back. */
import { button, element } from "./dom.ts";
import { markBody, markHeader, markUrl, type Piece } from "./marks.ts";
import type { Exchange, Header } from "./messages.ts";

const FIRST_ERROR_STATUS = 400;

let lastId = 0;

/** Empty where there were no exchanges. */
export function exchangeList(exchanges: Exchange[]): HTMLElement[] {
  if (exchanges.length === 0) {
    return [];
  }
  const heading = exchanges.length === 1 ? "1 HTTP exchange" : `${exchanges.length} HTTP exchanges`;
  return [element("p", "run-label", heading), element("ol", "run-exchange-list", ...exchanges.map(row))];
}

function row(exchange: Exchange): HTMLElement {
  const toggle = button("run-exchange-toggle", "", () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    details.hidden = !open;
    if (details.childElementCount === 0) {
      details.append(...bothWays(exchange));
    }
  });
  const failed = exchange.status >= FIRST_ERROR_STATUS ? " run-exchange-refused" : "";
  toggle.append(
    element("span", "run-exchange-method", exchange.method),
    " ",
    element("span", "run-exchange-url", shortUrl(exchange.url)),
    " ",
    element("span", `run-exchange-status${failed}`, `${exchange.status} ${exchange.reason}`.trim()),
  );
  const details = element("div", "run-exchange-details");
  lastId += 1;
  details.id = `run-exchange-${lastId}`;
  details.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
  toggle.setAttribute("aria-controls", details.id);
  return element("li", "run-exchange", toggle, details);
}

/** Host and path; a query is there to be seen when the row is opened. */
function shortUrl(url: string): string {
  const [, hostAndPath = url, query = ""] = /^https?:\/\/([^?#]*)(\?.*)?/.exec(url) ?? [];
  return query ? `${hostAndPath}?…` : hostAndPath;
}

function bothWays(exchange: Exchange): HTMLElement[] {
  const request = message(exchange.request_headers, exchange.request_body, [
    { text: `${exchange.method} ` },
    ...markUrl(exchange.url),
  ]);
  const response = message(exchange.response_headers, exchange.response_body, [
    { text: `${exchange.status} ${exchange.reason}` },
  ]);
  return [
    element("p", "run-label", "Request"),
    element("pre", "run-text run-request", ...request),
    element("p", "run-label", "Response"),
    element("pre", "run-text run-response", ...response),
  ];
}

function message(headers: Header[], body: string, firstLine: Piece[]): Node[] {
  const pieces = [...firstLine, { text: "\n" }];
  for (const header of headers) {
    pieces.push({ text: `${header[0]}: ` }, ...markHeader(header), { text: "\n" });
  }
  if (body) {
    pieces.push({ text: "\n" }, ...markBody(headers, body), { text: "\n" });
  }
  return pieces.map(shown);
}

/** A marked piece says in words what it is: the style sheet sets data-mark before it, in a frame. */
function shown({ text, mark }: Piece): Node {
  if (!mark) {
    return document.createTextNode(text);
  }
  const marked = element("mark", "run-mark", text);
  marked.dataset.mark = mark;
  return marked;
}

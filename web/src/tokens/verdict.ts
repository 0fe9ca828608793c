/** What Python says of a token (src/sessions_guide/token_inspector.py), as it is shown. */

import { element } from "../dom.ts";
import { clauseLink } from "./clause.ts";

export interface Verdict {
  check: string;
  state: "pass" | "fail" | "open";
  why: string;
  clause: string;
}

export interface Inspection {
  now: number;
  api_now: number;
  checks: Verdict[];
  /** What the API answers to GET /orders when it validates locally. */
  status: number;
  validation: string;
  signature: Verdict;
  introspection: { issuer: string; answer?: Record<string, unknown>; error?: string };
}

const SIGNS = { pass: "✓ pass", fail: "✗ fail", open: "○ open" };
const ANSWERS: Record<number, string> = {
  200: "takes it: GET /orders answers 200.",
  401: "refuses it: 401 invalid_token.",
  403: "believes it, but it does not allow GET /orders: 403 insufficient_scope.",
  503: "cannot tell, as it has no keys: 503.",
};

export function summaryOf({ status, checks, introspection }: Inspection): string {
  const failed = checks.filter(({ state }) => state === "fail").map(({ check }) => check);
  const because = failed.length > 0 ? ` Failed: ${failed.join(", ")}.` : "";
  const active = introspection.answer?.active;
  const told = active === undefined ? "" : ` Its issuer says: ${active === true ? "active" : "not active"}.`;
  return `The API ${ANSWERS[status]}${because}${told}`;
}

export function verdictView(inspection: Inspection): HTMLElement[] {
  const { checks, signature, validation, api_now, now } = inspection;
  const notes = [];
  if (validation !== "local") {
    notes.push(
      element("p", "", `The checks are those of api_validation="local"; it is "${validation}" now.`),
    );
  }
  if (api_now !== now) {
    notes.push(element("p", "", `The API's clock differs by ${api_now - now} s.`));
  }
  return [
    element("h3", "", "What the API checks"),
    ...notes,
    element("ul", "token-checks", ...checks.map(row)),
    element("h3", "", "Signature, under the published keys of who is named in it"),
    element("ul", "token-checks", row(signature)),
    element("h3", "", "What its issuer says of it"),
    ...told(inspection),
  ];
}

function row({ check, state, why, clause }: Verdict): HTMLElement {
  return element(
    "li",
    `token-check token-${state}`,
    element("span", "token-state", SIGNS[state]),
    element("span", "token-name", check),
    element("span", "token-why", why, " ", clauseLink(clause)),
  );
}

function told({ introspection: { issuer, answer, error } }: Inspection): HTMLElement[] {
  const asked = element("p", "", `Introspection at ${issuer}, asked by the client rs: `);
  asked.append(clauseLink("RFC 7662 §2.2"));
  if (!answer) {
    return [asked, element("p", "", error ?? "")];
  }
  const active =
    answer.active === true ? "✓ active" : "✗ not active: revoked, expired, unknown, or no token of it";
  return [
    asked,
    element("p", "token-active", active),
    element("pre", "run-text", JSON.stringify(answer, null, 2)),
  ];
}

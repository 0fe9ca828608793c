/** Reads a JWT without believing it: what its parts say, which kind it is, when its times are. Pure functions. */

export interface Part {
  /** The members, where it is a JSON object. */
  members: Record<string, unknown> | null;
  /** What is wrong with it, where it is none. */
  error: string;
}

export interface Reading {
  header: Part;
  payload: Part;
  kind: string;
}

export const TIMES = ["exp", "nbf", "iat", "auth_time", "toe"];

const KINDS: Record<string, string> = {
  "at+jwt": "an access token (RFC 9068)",
  "application/okta-internal-at+jwt":
    "an access token of Okta's Org server, which nobody but that server reads",
  "dpop+jwt": "a DPoP proof: it goes with one request, and opens nothing alone",
  "logout+jwt": "a logout token: it tells an app that a session is over",
  "secevent+jwt": "a security event: it tells of something that has happened",
  "token-introspection+jwt": "an answer about another token",
  "statuslist+jwt": "a list of the status of many tokens",
};
const LARGEST = 8.64e12; // the last second that a Date can be

export function readToken(token: string): Reading {
  const [header = "", payload = ""] = token.trim().split(".");
  const reading = { header: read(header), payload: read(payload) };
  return { ...reading, kind: kindOf(reading.header.members ?? {}, reading.payload.members ?? {}) };
}

function read(part: string): Part {
  let text: string;
  try {
    if (!/^[\w-]+$/.test(part)) {
      throw new Error("not of base64url");
    }
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { members: null, error: "This is no text in base64url." };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { members: value as Record<string, unknown>, error: "" };
    }
    return { members: null, error: "This is JSON, but no object." };
  } catch {
    return { members: null, error: `This is no JSON: ${text}` };
  }
}

function kindOf(header: Record<string, unknown>, payload: Record<string, unknown>): string {
  const { typ } = header;
  if (typeof typ === "string" && Object.hasOwn(KINDS, typ)) {
    return KINDS[typ] as string;
  }
  if ("scp" in payload || "cid" in payload) {
    return "an access token";
  }
  if ("nonce" in payload || "at_hash" in payload || "amr" in payload) {
    return "an ID token: it tells the client who signed in, and opens no API";
  }
  return "a JWT of no kind that is known here";
}

/** Such as "59 min 58 s": the two greatest parts of a number of seconds. */
export function span(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([number]) => number > 0);
  const told = parts.slice(first < 0 ? 3 : first).slice(0, 2);
  return told
    .filter(([number], index) => number > 0 || index === 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(" ");
}

/** When a time of a token is; `now` in Unix seconds, or null where no clock is known. */
export function timeTold(name: string, value: unknown, now: number | null): string {
  if (typeof value !== "number" || !(Math.abs(value) <= LARGEST)) {
    return "";
  }
  const at = new Date(value * 1000).toISOString().replace("T", " ").slice(0, 19);
  if (now === null) {
    return `${at} UTC`;
  }
  const isToCome = value > now;
  const distance = value === now ? "now" : isToCome ? `in ${span(value - now)}` : `${span(now - value)} ago`;
  const words = name === "exp" ? (isToCome ? "expires " : "expired ") : "";
  return `${words}${distance}, at ${at} UTC`;
}

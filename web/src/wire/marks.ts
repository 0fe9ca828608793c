/** Finds what to watch in an HTTP exchange: tokens, codes, cookies, PKCE values, credentials, redirects. Pure. */
import type { Header } from "../python/messages.ts";

/** A piece of text; `mark` says what it is, where it is something to watch. */
export interface Piece {
  text: string;
  mark?: string;
}

interface Found {
  start: number;
  end: number;
  mark: string;
}

const TOKENS: Record<string, string> = {
  access_token: "access token",
  refresh_token: "refresh token",
  id_token: "ID token",
};

const PARAMETERS: Record<string, string> = {
  ...TOKENS,
  token: "token",
  id_token_hint: "ID token",
  logout_token: "logout token",
  code: "authorization code",
  state: "state",
  nonce: "nonce",
  code_verifier: "PKCE verifier",
  code_challenge: "PKCE challenge",
  client_secret: "client secret",
  client_assertion: "client assertion",
  csrf_token: "CSRF token",
  password: "password",
  redirect_uri: "redirect URI",
  post_logout_redirect_uri: "redirect URI",
};

const SCHEMES: Record<string, string> = {
  basic: "client credentials",
  bearer: "access token",
  dpop: "access token",
};

const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const PARAMETER = /(?<=^|[?&#])([^=&#?/]+)=([^&#]+)/dg;
const MEMBER = /"([^"\\]+)": "((?:[^"\\]|\\.)+)"/dg;
const HIDDEN_FIELD = /name="([^"]+)" value="([^"]+)"/dg;
const COOKIE = /(?<=^|; )([^=;]+)=([^;]+)/dg;
const SET_COOKIE = /^([^=;]+)=([^;]+)/dg;
const CREDENTIALS = /^(\S+) +(\S.*)$/dg;

/** A URL, with what its query and fragment carry. */
export function markUrl(url: string): Piece[] {
  return cut(url, named(url, PARAMETER, PARAMETERS));
}

/** The value of a header. */
export function markHeader([name, value]: Header): Piece[] {
  switch (name.toLowerCase()) {
    case "authorization":
      return cut(value, named(value, CREDENTIALS, SCHEMES));
    case "cookie":
      return cut(value, each(value, COOKIE, "cookie"));
    case "set-cookie":
      return cut(value, each(value, SET_COOKIE, "cookie"));
    case "location":
      return cut(value, [...target(value), ...named(value, PARAMETER, PARAMETERS)]);
    case "referer":
      return markUrl(value);
    case "dpop":
      return cut(value, each(value, JWT, "DPoP proof"));
    default:
      return cut(value, []);
  }
}

/** A body; JSON is laid out in lines first. */
export function markBody(headers: Header[], body: string): Piece[] {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return markUrl(body);
  }
  if (/^application\/([\w.-]+\+)?json/.test(type)) {
    const text = inLines(body);
    return cut(text, named(text, MEMBER, TOKENS));
  }
  return cut(body, named(body, HIDDEN_FIELD, PARAMETERS));
}

function inLines(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

/** Where a redirect leads, without what it carries there. */
function target(url: string): Found[] {
  const end = url.search(/[?#]/);
  return url ? [{ start: 0, end: end < 0 ? url.length : end, mark: "redirect" }] : [];
}

/** Matches whose first group names the kind and whose second is the value. */
function named(text: string, pattern: RegExp, kinds: Record<string, string>): Found[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const kind = (match[1] ?? "").toLowerCase();
    return Object.hasOwn(kinds, kind) ? found(match, kinds[kind]) : [];
  });
}

/** All matches, of one kind. */
function each(text: string, pattern: RegExp, kind: string): Found[] {
  return [...text.matchAll(pattern)].flatMap((match) => found(match, kind));
}

function found(match: RegExpExecArray, mark: string | undefined): Found[] {
  const [start, end] = match.indices?.[2] ?? [match.index, match.index + match[0].length];
  return mark ? [{ start, end, mark }] : [];
}

/** The text in pieces. What looks like a JWT is marked wherever it stands. */
function cut(text: string, marks: Found[]): Piece[] {
  const jwts = each(text, JWT, "JWT").filter((jwt) => !marks.some((one) => overlap(one, jwt)));
  const inOrder = [...marks, ...jwts].sort((one, other) => one.start - other.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, mark } of inOrder) {
    pieces.push({ text: text.slice(at, start) }, { text: text.slice(start, end), mark });
    at = end;
  }
  pieces.push({ text: text.slice(at) });
  return pieces.filter((piece) => piece.text !== "");
}

function overlap(one: Found, other: Found): boolean {
  return one.start < other.end && other.start < one.end;
}

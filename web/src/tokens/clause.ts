/** Links a clause such as "RFC 7519 §4.1.4" to the standard, which is the only place where a page leads away. */
import { element } from "../dom.ts";

const OPENID: Record<string, string> = {
  "OpenID Connect Core": "https://openid.net/specs/openid-connect-core-1_0.html",
  "Back-Channel Logout": "https://openid.net/specs/openid-connect-backchannel-1_0.html",
};
const CLAUSE = /^(?:RFC (\d+)|(.+?)) §([\d.]+)$/;

export function clauseAddress(clause: string): string | null {
  const [, rfc, name = "", section] = CLAUSE.exec(clause) ?? [];
  if (rfc) {
    return `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`;
  }
  return Object.hasOwn(OPENID, name) ? (OPENID[name] as string) : null;
}

/** The clause as a link, or as text where it is none that can be linked. */
export function clauseLink(clause: string): Node {
  const address = clauseAddress(clause);
  if (address === null) {
    return document.createTextNode(clause);
  }
  const link = element("a", "token-clause", clause);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

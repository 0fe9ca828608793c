/** What the members of a JWT's header and payload mean, and the clause that says so. */

export interface Meaning {
  says: string;
  clause: string;
}

const OKTA = "Okta's own";
const CORE = "OpenID Connect Core §2";
const PROFILE = "OpenID Connect Core §5.1";

export const HEADER: Record<string, Meaning> = {
  alg: {
    says: "The algorithm of the signature. A verifier goes by its own list.",
    clause: "RFC 7515 §4.1.1",
  },
  jku: {
    says: "Where its author says that the keys are. A verifier does not go there.",
    clause: "RFC 7515 §4.1.2",
  },
  jwk: {
    says: "A public key that comes along. In a DPoP proof: the key of the sender.",
    clause: "RFC 7515 §4.1.3",
  },
  kid: { says: "The name of the key, to be looked up among those of the issuer.", clause: "RFC 7515 §4.1.4" },
  x5u: { says: "Where its author says that a certificate is.", clause: "RFC 7515 §4.1.5" },
  x5c: { says: "A chain of certificates that comes along.", clause: "RFC 7515 §4.1.6" },
  x5t: { says: "The SHA-1 thumbprint of a certificate.", clause: "RFC 7515 §4.1.7" },
  "x5t#S256": { says: "The SHA-256 thumbprint of a certificate.", clause: "RFC 7515 §4.1.8" },
  typ: { says: "The kind of JWT, so that none is taken for another.", clause: "RFC 7515 §4.1.9" },
  cty: { says: "What the payload is; JWT for a token within a token.", clause: "RFC 7515 §4.1.10" },
  crit: { says: "What a verifier must understand, or else refuse.", clause: "RFC 7515 §4.1.11" },
  b64: { says: "Whether the payload is in base64url.", clause: "RFC 7797 §3" },
};

export const PAYLOAD: Record<string, Meaning> = {
  iss: { says: "Who issued it.", clause: "RFC 7519 §4.1.1" },
  sub: { says: "Whom it is about: a user, or a client that acts for itself.", clause: "RFC 7519 §4.1.2" },
  aud: { says: "For whom it is meant. Others must refuse it.", clause: "RFC 7519 §4.1.3" },
  exp: { says: "From then on it counts no more.", clause: "RFC 7519 §4.1.4" },
  nbf: { says: "Before that it does not count.", clause: "RFC 7519 §4.1.5" },
  iat: { says: "When it was issued.", clause: "RFC 7519 §4.1.6" },
  jti: { says: "Its own name; no other token has it.", clause: "RFC 7519 §4.1.7" },
  auth_time: { says: "When the user signed in.", clause: CORE },
  nonce: { says: "What the client sent along, so that the answer belongs to its request.", clause: CORE },
  acr: { says: "How strong the sign-in was, as a class.", clause: CORE },
  amr: { says: "How the user signed in; pwd: with a password.", clause: CORE },
  azp: { says: "The client that it was issued to.", clause: CORE },
  at_hash: {
    says: "Half of the hash of the access token beside it.",
    clause: "OpenID Connect Core §3.1.3.6",
  },
  c_hash: { says: "Half of the hash of the code beside it.", clause: "OpenID Connect Core §3.3.2.11" },
  name: { says: "The user's name.", clause: PROFILE },
  preferred_username: { says: "How the user wants to be called.", clause: PROFILE },
  email: { says: "The user's address.", clause: PROFILE },
  email_verified: { says: "Whether that address was verified.", clause: PROFILE },
  phone_number: { says: "The user's telephone number.", clause: PROFILE },
  address: { says: "The user's postal address.", clause: PROFILE },
  sid: { says: "The session at the identity provider, for logout.", clause: "Back-Channel Logout §2.4" },
  events: { says: "What has happened. A JWT with this is no access token.", clause: "RFC 8417 §2.2" },
  toe: { says: "When it happened.", clause: "RFC 8417 §2.2" },
  txn: { says: "The transaction that it belongs to.", clause: "RFC 8417 §2.2" },
  sub_id: { says: "Whom or what the event is about.", clause: "RFC 9493 §4.1" },
  scope: { says: "What it allows, as one text.", clause: "RFC 8693 §4.2" },
  client_id: { says: "The client that it was issued to.", clause: "RFC 8693 §4.3" },
  act: { says: "Who acts for the subject.", clause: "RFC 8693 §4.1" },
  cnf: { says: "The key that its sender must prove to have.", clause: "RFC 7800 §3.1" },
  htm: { says: "The method of the request that the proof is for.", clause: "RFC 9449 §4.2" },
  htu: { says: "The URL of that request.", clause: "RFC 9449 §4.2" },
  ath: { says: "The hash of the access token that it comes with.", clause: "RFC 9449 §4.2" },
  token_introspection: { says: "What the authorization server says of a token.", clause: "RFC 9701 §5" },
  status: { says: "Where a list says whether it still counts.", clause: "draft-ietf-oauth-status-list" },
  status_list: { says: "The status of many tokens, compressed.", clause: "draft-ietf-oauth-status-list" },
  ttl: { says: "How many seconds the list may be kept.", clause: "draft-ietf-oauth-status-list" },
  scp: { says: "What it allows, as a list.", clause: OKTA },
  cid: { says: "The client that it was issued to.", clause: OKTA },
  uid: { says: "The user's id.", clause: OKTA },
  ver: { says: "The version of this layout.", clause: OKTA },
  idp: { says: "Where the user signed in.", clause: OKTA },
  groups: { says: "The user's groups.", clause: OKTA },
  okta: { says: "Claims of the Org server, in a layout that may change.", clause: OKTA },
};

const UNKNOWN: Meaning = { says: "No standard that is read here tells of it.", clause: "" };

export function meaningOf(part: Record<string, Meaning>, name: string): Meaning {
  return (Object.hasOwn(part, name) && part[name]) || UNKNOWN;
}

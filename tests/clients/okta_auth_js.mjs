// @okta/okta-auth-js as a public client: code and PKCE, user, refresh, introspection, revocation, sign-out.
import assert from "node:assert/strict";
import { OktaAuth } from "@okta/okta-auth-js";
import { Browser, issuer, scope, spa } from "./sandbox.mjs";

const auth = new OktaAuth({
  issuer,
  clientId: spa.id,
  redirectUri: spa.callback,
  scopes: scope.split(" "),
  pkce: true,
});
const prepared = await auth.token.prepareTokenParams({ state: "the-state", nonce: "the-nonce" });
const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
const url = new URL(metadata.authorization_endpoint);
url.search = new URLSearchParams({
  client_id: spa.id,
  redirect_uri: spa.callback,
  response_type: "code",
  scope: scope,
  state: prepared.state,
  nonce: prepared.nonce,
  code_challenge: prepared.codeChallenge,
  code_challenge_method: prepared.codeChallengeMethod,
});
const browser = new Browser();
const back = await browser.signIn(url);
assert.equal(back.searchParams.get("state"), "the-state");
const { tokens } = await auth.token.exchangeCodeForTokens({
  ...prepared,
  authorizationCode: back.searchParams.get("code"),
});
assert.equal(tokens.idToken.claims.nonce, "the-nonce");
auth.tokenManager.setTokens(tokens);
const person = await auth.token.getUserInfo(tokens.accessToken, tokens.idToken);
assert.equal(person.name, "Alice");
const renewed = await auth.token.renewTokens({ tokens });
assert.notEqual(renewed.accessToken.accessToken, tokens.accessToken.accessToken);
const active = async () => (await auth.token.introspect("accessToken", renewed.accessToken)).active;
assert.equal(await active(), true);
await auth.revokeAccessToken(renewed.accessToken);
assert.equal(await active(), false);

url.searchParams.set("prompt", "none");
assert.ok((await browser.visit(url)).searchParams.has("code"), "still signed in");
const signOut = auth.getSignOutRedirectUrl({
  idToken: tokens.idToken,
  postLogoutRedirectUri: spa.signedOut,
  state: "out",
});
assert.equal((await browser.visit(signOut)).href, `${spa.signedOut}?state=out`);
assert.equal((await browser.visit(url)).searchParams.get("error"), "login_required");
console.log("every step done");
process.exit(); // its clock of token renewal goes on

// openid-client as its documentation uses it, by both metadata URLs, as a confidential and as a public client.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser, issuer, scope, secure, service, spa, web } from "./sandbox.mjs";

const execute = secure ? [] : [client.allowInsecureRequests];

async function flow(who, authentication, algorithm) {
  const browser = new Browser();
  const options = { execute, algorithm };
  const config = await client.discovery(new URL(issuer), who.id, undefined, authentication, options);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: who.callback,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const back = await browser.signIn(url);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  const { sub } = tokens.claims();
  if (algorithm === "oidc") {
    const person = await client.fetchUserInfo(config, tokens.access_token, sub);
    assert.equal(person.name, "Alice");
  }
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.access_token, tokens.access_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, true);
  await client.tokenRevocation(config, refreshed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
  await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token), { error: "invalid_grant" });
  if (algorithm === "oidc") await logout(config, who, browser, url, tokens);
}

/** The endpoint stands in the OpenID metadata. */
async function logout(config, who, browser, url, tokens) {
  url.searchParams.set("prompt", "none");
  assert.ok((await browser.visit(url)).searchParams.has("code"), "still signed in");
  const leave = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: who.signedOut,
    state: "out",
  });
  assert.equal((await browser.visit(leave)).href, `${who.signedOut}?state=out`);
  assert.equal((await browser.visit(url)).searchParams.get("error"), "login_required");
}

await flow(web, client.ClientSecretBasic(web.secret), "oidc");
await flow(web, client.ClientSecretPost(web.secret), "oauth2");
await flow(spa, client.None(), "oidc");

const options = { execute, algorithm: "oauth2" };
const config = await client.discovery(new URL(issuer), service.id, service.secret, undefined, options);
const tokens = await client.clientCredentialsGrant(config, { scope: "orders:read" });
assert.equal(tokens.scope, "orders:read");
console.log("every step done");

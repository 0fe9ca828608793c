// @okta/jwt-verifier: access tokens and ID tokens; without TLS, by its own option for that.
import assert from "node:assert/strict";
import OktaJwtVerifier from "@okta/jwt-verifier";
import * as client from "openid-client";
import { issuer, scope, secure, signIn, web } from "./sandbox.mjs";

const options = { execute: secure ? [] : [client.allowInsecureRequests] };
const config = await client.discovery(new URL(issuer), web.id, web.secret, undefined, options);
const [pkceCodeVerifier, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomNonce()];
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: web.callback,
  scope,
  state: "s",
  nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
const checks = { pkceCodeVerifier, expectedNonce, expectedState: "s" };
const tokens = await client.authorizationCodeGrant(config, await signIn(url), checks);

const testing = secure ? {} : { disableHttpsCheck: true };
const verifier = new OktaJwtVerifier({ issuer, clientId: web.id, testing });
const ofThisClient = new OktaJwtVerifier({ issuer, assertClaims: { cid: web.id }, testing });
const access = await ofThisClient.verifyAccessToken(tokens.access_token, "api://default");
assert.deepEqual(access.claims.scp, scope.split(" "));
await verifier.verifyIdToken(tokens.id_token, web.id, expectedNonce);
await assert.rejects(verifier.verifyAccessToken(tokens.access_token, "api://other"), /audience/);
await assert.rejects(verifier.verifyIdToken(tokens.id_token, web.id, "another nonce"), /nonce/);
console.log("every step done");

// oauth4webapi, which checks every answer against the standards itself.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import { issuer, scope, signIn, spa, web } from "./sandbox.mjs";

const insecure = { [oauth.allowInsecureRequests]: true };

async function flow(who, authentication, algorithm) {
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, { ...insecure, algorithm });
  const as = await oauth.processDiscoveryResponse(url, answer);
  const client = { client_id: who.id };
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const authorize = new URL(as.authorization_endpoint);
  authorize.search = new URLSearchParams({
    client_id: who.id,
    redirect_uri: who.callback,
    response_type: "code",
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const sent = oauth.validateAuthResponse(as, client, await signIn(authorize), state);
  const reply = await oauth.authorizationCodeGrantRequest(
    as, client, authentication, sent, who.callback, verifier, insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, reply, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, reply, insecure);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  if (algorithm === "oidc") {
    const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
    assert.equal((await oauth.processUserInfoResponse(as, client, sub, userinfo)).name, "Alice");
  }
  const again = await oauth.refreshTokenGrantRequest(
    as, client, authentication, tokens.refresh_token, insecure,
  );
  const refreshed = await oauth.processRefreshTokenResponse(as, client, again);
  const active = async () => {
    const asked = await oauth.introspectionRequest(
      as, client, authentication, refreshed.access_token, insecure,
    );
    return (await oauth.processIntrospectionResponse(as, client, asked)).active;
  };
  assert.equal(await active(), true);
  const revoked = await oauth.revocationRequest(
    as, client, authentication, refreshed.refresh_token, insecure,
  );
  assert.equal(await oauth.processRevocationResponse(revoked), undefined);
  assert.equal(await active(), false);
}

await flow(web, oauth.ClientSecretBasic(web.secret), "oidc");
await flow(web, oauth.ClientSecretPost(web.secret), "oauth2");
await flow(spa, oauth.None(), "oidc");
console.log("every step done");

// oauth4webapi, which checks every answer against the standards itself.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import { api, Browser, issuer, scope, secure, set, spa, web } from "./sandbox.mjs";

const options = secure ? {} : { [oauth.allowInsecureRequests]: true };

async function flow(who, authentication, algorithm) {
  const browser = new Browser();
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, { ...options, algorithm });
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
  const sent = oauth.validateAuthResponse(as, client, await browser.signIn(authorize), state);
  const reply = await oauth.authorizationCodeGrantRequest(
    as, client, authentication, sent, who.callback, verifier, options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, reply, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, reply, options);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  if (algorithm === "oidc") {
    const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, options);
    assert.equal((await oauth.processUserInfoResponse(as, client, sub, userinfo)).name, "Alice");
  }
  const again = await oauth.refreshTokenGrantRequest(
    as, client, authentication, tokens.refresh_token, options,
  );
  const refreshed = await oauth.processRefreshTokenResponse(as, client, again);
  const active = async () => {
    const asked = await oauth.introspectionRequest(
      as, client, authentication, refreshed.access_token, options,
    );
    return (await oauth.processIntrospectionResponse(as, client, asked)).active;
  };
  assert.equal(await active(), true);
  const revoked = await oauth.revocationRequest(
    as, client, authentication, refreshed.refresh_token, options,
  );
  assert.equal(await oauth.processRevocationResponse(revoked), undefined);
  assert.equal(await active(), false);
  return { as, client, accessToken: tokens.access_token };
}

/** Its check of access tokens is that of RFC 9068, which asks for more than Okta's tokens have. */
async function asAnApi({ as, accessToken }) {
  const request = new Request(api, { headers: { authorization: `Bearer ${accessToken}` } });
  return await oauth.validateJwtAccessToken(as, request, "api://default", options);
}

const asOkta = await flow(web, oauth.ClientSecretBasic(web.secret), "oidc");
await assert.rejects(asAnApi(asOkta), /typ/);
await set({ rfc9068: true });
try {
  const claims = await asAnApi(await flow(web, oauth.ClientSecretBasic(web.secret), "oidc"));
  assert.deepEqual([claims.client_id, claims.scope], [web.id, scope]);
} finally {
  await set({ rfc9068: false });
}
await flow(web, oauth.ClientSecretPost(web.secret), "oauth2");
await flow(spa, oauth.None(), "oidc");
console.log("every step done");

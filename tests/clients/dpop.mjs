// openid-client with DPoP, as its documentation uses it: tokens bound to a key, with nonces and without.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { api, issuer, scope, signIn, spa, web } from "./sandbox.mjs";

async function turn(switches) {
  const address = new URL(issuer).origin;
  const body = JSON.stringify(switches);
  const headers = { "Sandbox-Control": "yes" };
  const reply = await fetch(`${address}/control/set`, { method: "POST", headers, body });
  assert.equal(reply.status, 200, await reply.text());
}

async function flow(who, authentication, algorithm) {
  const options = { execute: [client.allowInsecureRequests] };
  const config = await client.discovery(new URL(issuer), who.id, undefined, authentication, options);
  assert.ok(config.serverMetadata().dpop_signing_alg_values_supported.includes(algorithm));
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(algorithm));
  const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair(algorithm));
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: who.callback,
    scope,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const back = await signIn(url);
  const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true };
  const stolen = client.authorizationCodeGrant(config, back, checks, undefined, { DPoP: other });
  await assert.rejects(stolen, { error: "invalid_grant" });
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
  assert.equal(tokens.token_type, "dpop");
  const { sub } = tokens.claims();
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).name, "Alice");
  const said = await client.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([said.active, said.cnf], [true, { jkt: await DPoP.calculateThumbprint() }]);

  const call = (token, how) =>
    client.fetchProtectedResource(config, token, new URL(api), "GET", undefined, undefined, how);
  for (const path of ["?page=1", ""]) {
    const url = new URL(api + path);
    const orders = await client.fetchProtectedResource(
      config, tokens.access_token, url, "GET", undefined, undefined, { DPoP },
    );
    assert.equal(orders.status, 200);
  }
  const refused = (error) => error.status === 401 && error.cause[0].scheme === "dpop";
  await assert.rejects(call(tokens.access_token, { DPoP: other }), refused);
  await assert.rejects(call(tokens.access_token), refused);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal((await call(refreshed.access_token, { DPoP })).status, 200);
  const again = client.refreshTokenGrant(config, refreshed.refresh_token, undefined, { DPoP: other });
  if (who === spa) await assert.rejects(again, { error: "invalid_grant" });
  else assert.equal((await again).token_type, "dpop");
}

try {
  for (const dpop_nonce of [false, true]) {
    await turn({ api_validation: "dpop", dpop_nonce });
    await flow(spa, client.None(), "ES256");
    await flow(web, client.ClientSecretBasic(web.secret), "RS256");
    await flow(web, client.ClientSecretPost(web.secret), "PS256");
  }
} finally {
  await turn({ api_validation: "local", dpop_nonce: false });
}
console.log("every step done");

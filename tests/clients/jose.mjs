// jose: a token checked with the keys that the issuer publishes.
import assert from "node:assert/strict";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { api, issuer, service } from "./sandbox.mjs";

const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
const reply = await fetch(metadata.token_endpoint, {
  method: "POST",
  headers: { authorization: `Basic ${btoa(`${service.id}:${service.secret}`)}` },
  body: new URLSearchParams({ grant_type: "client_credentials", scope: "orders:read" }),
});
const { access_token } = await reply.json();
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
const wanted = { issuer, audience: "api://default", algorithms: ["RS256"], requiredClaims: ["jti", "cid"] };
const { payload } = await jwtVerify(access_token, keys, wanted);
assert.equal(payload.cid, service.id);
assert.ok(Math.abs(payload.iat - Date.now() / 1000) < 60, "issued now");
await assert.rejects(jwtVerify(access_token, keys, { ...wanted, issuer: "http://other" }), errors.JOSEError);
const [head, , signature] = access_token.split(".");
const forged = [head, btoa(JSON.stringify({ ...payload, sub: "alice" })), signature].join(".");
await assert.rejects(jwtVerify(forged.replaceAll("=", ""), keys, wanted), errors.JWSSignatureVerificationFailed);
const orders = await fetch(api, { headers: { authorization: `Bearer ${access_token}` } });
assert.equal(orders.status, 200);
console.log("every step done");

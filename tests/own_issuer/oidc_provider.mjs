// npm's oidc-provider, as far as the lessons need it: node oidc_provider.mjs PORT REDIRECT_URI
// The client jwt gets JWT access tokens, signed with RS256. The client opaque gets opaque ones: only those can
// be introspected and revoked here. The client public has no secret.
import { Provider } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const registered = {
  redirect_uris: [redirectUri],
  grant_types: ["authorization_code", "refresh_token"],
};
const secret = "+ secret: 100% & test-only";
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...registered, client_id: "jwt", client_secret: secret },
    { ...registered, client_id: "opaque", client_secret: secret },
    {
      ...registered,
      client_id: "public",
      token_endpoint_auth_method: "none",
      application_type: "native",
    },
  ],
  pkce: { required: () => true },
  features: {
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:api",
      getResourceServerInfo: (_context, _resource, client) => ({
        scope: "orders:read",
        audience: "api://default",
        accessTokenFormat: client.clientId === "opaque" ? "opaque" : "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
      useGrantedResource: () => true,
    },
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));

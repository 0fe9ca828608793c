// npm's oidc-provider as its README starts it, with what a benchmark needs: node oidc_provider.mjs PORT jwt|opaque
// Its access tokens are JWTs signed with RS256, or opaque: only those can be introspected.
import { Provider } from "oidc-provider";

const [port, format] = process.argv.slice(2);
const resource = {
  scope: "orders:read",
  audience: "api://default",
  accessTokenFormat: format,
  jwt: { sign: { alg: "RS256" } },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "web",
      client_secret: "web-test-only",
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:api",
      getResourceServerInfo: () => resource,
      useGrantedResource: () => true,
    },
  },
});
provider.listen(Number(port), "127.0.0.1");

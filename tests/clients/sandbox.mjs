// What the programs beside this one share: who they are, and the person who fills in the login form.
const address = process.argv[2];
export const issuer = `${address}/oauth2/default`;
export const api = `${address}/orders`;
export const web = { id: "0oa1webacmetest0000w", secret: "web-test-only", callback: `${address}/callback` };
export const spa = { id: "0oa2spaacmetest0000s", callback: `${address}/spa` };
export const service = { id: "0oa4svcacmetest0000v", secret: "svc-test-only" };
export const scope = "openid profile offline_access orders:read";

/** Open an authorization URL, sign Alice in, and give the URL that the browser is sent back to. */
export async function signIn(url) {
  const page = await fetch(url, { redirect: "manual" });
  const html = await page.text();
  if (page.status !== 200) throw new Error(`no form at ${url}: ${page.status} ${html}`);
  const form = new URLSearchParams({
    username: "alice@acme.test",
    password: "alice-test-only",
    csrf_token: /name="csrf_token" value="([^"]+)"/.exec(html)[1],
  });
  const action = new URL(/action="([^"]+)"/.exec(html)[1], url);
  const cookie = page.headers.get("set-cookie").split(";")[0];
  const reply = await fetch(action, { method: "POST", body: form, headers: { cookie }, redirect: "manual" });
  if (reply.status !== 303) throw new Error(`the form was refused: ${reply.status}`);
  return new URL(reply.headers.get("location"));
}

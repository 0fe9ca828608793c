// What the programs beside this one share: who they are, and the person at the browser.
const address = process.argv[2];
export const secure = address.startsWith("https:");
export const issuer = `${address}/oauth2/default`;
export const api = `${address}/orders`;
export const web = {
  id: "0oa1webacmetest0000w",
  secret: "web-test-only",
  callback: `${address}/callback`,
  signedOut: `${address}/`,
};
export const spa = { id: "0oa2spaacmetest0000s", callback: `${address}/spa`, signedOut: `${address}/spa` };
export const service = { id: "0oa4svcacmetest0000v", secret: "svc-test-only" };
export const scope = "openid profile offline_access orders:read";

/** A browser: it keeps the sandbox's cookies, and stops where it is sent on. */
export class Browser {
  #cookies = new Map();

  async #ask(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reply = await fetch(url, { ...options, headers: { cookie }, redirect: "manual" });
    for (const set of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
      value === "" ? this.#cookies.delete(name) : this.#cookies.set(name, value);
    }
    return reply;
  }

  /** Open a URL, and give the one that it leads to. */
  async visit(url) {
    const reply = await this.#ask(url);
    const location = reply.headers.get("location");
    if (location === null) throw new Error(`${url} leads nowhere: ${reply.status} ${await reply.text()}`);
    return new URL(location);
  }

  /** Open an authorization URL, sign Alice in, and give the URL that the browser is sent back to. */
  async signIn(url) {
    const page = await this.#ask(url);
    const html = await page.text();
    if (page.status !== 200) throw new Error(`no form at ${url}: ${page.status} ${html}`);
    const form = new URLSearchParams({
      username: "alice@acme.test",
      password: "alice-test-only",
      csrf_token: /name="csrf_token" value="([^"]+)"/.exec(html)[1],
    });
    const action = new URL(/action="([^"]+)"/.exec(html)[1], url);
    const reply = await this.#ask(action, { method: "POST", body: form });
    if (reply.status !== 303) throw new Error(`the form was refused: ${reply.status}`);
    return new URL(reply.headers.get("location"));
  }
}

/** Sign Alice in with a browser of its own. */
export const signIn = (url) => new Browser().signIn(url);

/** Turn switches of the sandbox. */
export async function set(switches) {
  const headers = { "Sandbox-Control": "yes" };
  const reply = await fetch(`${address}/control/set`, { method: "POST", headers, body: JSON.stringify(switches) });
  if (!reply.ok) throw new Error(await reply.text());
}

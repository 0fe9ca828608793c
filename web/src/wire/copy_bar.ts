/** Copies a request as something that sends it again. */

import { button, element } from "../dom.ts";
import type { Exchange } from "../python/messages.ts";
import { asCurl, asPython } from "./copy_request.ts";

const FOR = "for a sandbox of your own, fresh from scripts/sandbox --clock fixed";

export function copyBar(exchange: Exchange): HTMLElement {
  const status = element("span", "wire-copied");
  status.setAttribute("role", "status");
  const text = element("textarea", "wire-copy-text");
  text.readOnly = true;
  text.rows = 6;
  text.hidden = true;
  const offer = (name: string, make: (exchange: Exchange) => string): HTMLButtonElement =>
    button("wire-copy", `Copy as ${name}`, async () => {
      text.value = make(exchange);
      text.setAttribute("aria-label", `The request as ${name}`);
      text.hidden = await isCopied(text.value);
      status.textContent = text.hidden ? `Copied as ${name}, ${FOR}.` : `Copy it from here, ${FOR}.`;
      if (!text.hidden) {
        text.focus();
        text.select();
      }
    });
  return element("div", "wire-bar", offer("curl", asCurl), offer("Python", asPython), status, text);
}

/** Not where a page may not write to the clipboard, as without TLS. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Offers to open the tokens in a text. Who opens them listens for INSPECT on the document. */
import { element } from "../dom.ts";

export const INSPECT = "inspect-token";
/** A whole JWT, in the compact form (RFC 7515 §7.1). */
export const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;
const JWTS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** It has no text of its own, so that what stands around it is copied and compared as before. */
export function inspectButton(token: string, kind: string): HTMLButtonElement {
  const made = element("button", "token-open");
  made.type = "button";
  made.setAttribute("aria-label", `Inspect this ${kind}`);
  made.addEventListener("click", () => {
    made.dispatchEvent(new CustomEvent(INSPECT, { detail: token, bubbles: true }));
  });
  return made;
}

/** Puts a button behind each JWT that stands in one piece of text below `root`. */
export function offerInspection(root: HTMLElement): void {
  if (!root.textContent?.includes("eyJ")) {
    return; // long output is not to be laid out again for nothing
  }
  root.normalize();
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.textContent?.includes("eyJ") && !node.parentElement?.classList.contains("token")) {
      found.push(node as Text);
    }
  }
  for (const text of found) {
    text.replaceWith(...withButtons(text.data));
  }
}

function withButtons(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const { index, 0: token } of text.matchAll(JWTS)) {
    const around = element("span", "token", token);
    around.append(inspectButton(token, "token"));
    nodes.push(document.createTextNode(text.slice(at, index)), around);
    at = index + token.length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes.filter((node) => node.textContent !== "");
}

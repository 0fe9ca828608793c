/** Runs several blocks of a page from top to bottom. */
import type { RunBlock } from "./block.ts";

/** Each block shows what it prints. Returns the last that ran: the first that did not end well is the last. */
export async function runInOrder(blocks: RunBlock[]): Promise<RunBlock | undefined> {
  for (const block of blocks) {
    if ((await block.runToEnd()) !== "done") {
      return block;
    }
  }
  return blocks.at(-1);
}

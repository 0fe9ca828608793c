/** Long work in pieces, so that the page answers meanwhile. */

const PIECE = 12; // milliseconds

/** Does `work` for each item; what is not done soon is done later, unless `goesOn` says no by then. */
export async function inPieces<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
  goesOn: () => boolean,
): Promise<void> {
  let began = performance.now();
  for (const item of items) {
    if (performance.now() - began > PIECE) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!goesOn()) {
        return;
      }
      began = performance.now();
    }
    work(item);
  }
}

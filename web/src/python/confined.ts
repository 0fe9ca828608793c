/**
 * Takes from the worker, before Python starts, what no program of a page needs, and with which one could outlast its
 * run: stores of the browser that the page reads later, the channels to other tabs, and the worker's own end, which
 * would leave the page waiting.
 */
const OF_THE_WORKER = ["close", "caches", "indexedDB", "BroadcastChannel", "SharedWorker", "Worker"];
const OF_THE_BROWSER = ["locks", "serviceWorker", "storage"];

function take(names: string[], from: object): void {
  for (let at: object | null = from; at; at = Object.getPrototypeOf(at)) {
    for (const name of names) {
      Reflect.deleteProperty(at, name);
    }
  }
}

take(OF_THE_WORKER, self);
take(OF_THE_BROWSER, navigator);

export {};

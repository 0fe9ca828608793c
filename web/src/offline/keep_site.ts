/** Has the browser keep the site, for a fast second visit and for one without a network. */
import { bytesCostMoney, whenIdle } from "../python/boot_ahead.ts";

/** Registers the service worker and names what this page consists of, which came before it. */
export function keepSite(): void {
  if (navigator.serviceWorker && !bytesCostMoney()) {
    whenIdle(() => void keep(navigator.serviceWorker).catch(() => {})); // some private windows refuse
  }
}

async function keep(serviceWorker: ServiceWorkerContainer): Promise<void> {
  await serviceWorker.register(new URL("../../service_worker.js", import.meta.url));
  const { active } = await serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((part) => part.name);
  active?.postMessage([location.href, ...parts]);
}

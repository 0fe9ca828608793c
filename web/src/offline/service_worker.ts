/**
 * Keeps the site in the browser. The runtime of this build comes from the cache; pages, styles and scripts come from
 * the network and, when there is none, as they were last seen. Nothing of another site is kept.
 *
 * A new version waits until no page of the older one is open. What one run.js loads lies in a folder of its build,
 * so files of two builds never meet.
 */
import { BUILD } from "../python/build.ts";
import { RUNTIME_FILES } from "../python/messages.ts";
import { unpacked } from "../python/unpacked.ts";

interface LongEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface RequestEvent extends LongEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface LettersEvent extends LongEvent {
  data: string[];
}

interface ServiceWorkerScope {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: LongEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: RequestEvent) => void): void;
  addEventListener(type: "message", listener: (event: LettersEvent) => void): void;
}

const own = self as unknown as ServiceWorkerScope;
const { scope } = own.registration;
const scripts = `${scope}assets/run/`;
const runScript = `${scripts}run.js`;
const runtimeOf = (build: string): string => `${scope} runtime ${build}`;
const pages = `${scope} pages`;

own.addEventListener("install", (event) => event.waitUntil(keepRuntime()));
own.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => own.clients.claim())));
own.addEventListener("message", (event) => event.waitUntil(keepPages(event.data)));
own.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope) && !request.headers.has("Range")) {
    event.respondWith(buildOf(request.url) ? fromCache(event) : fromNetwork(event));
  }
});

/** The build whose folder holds a file; empty for files that are in none. */
function buildOf(url: string): string {
  const [build = "", file] = url.startsWith(scripts) ? url.slice(scripts.length).split("/") : [];
  return file === undefined ? "" : build;
}

async function keepRuntime(): Promise<void> {
  const cache = await caches.open(runtimeOf(BUILD));
  const keep = async (file: string): Promise<void> => {
    const url = `${scripts}${BUILD}/${file}`;
    await cache.put(url, await readyToRun(url, await fetched(url, "force-cache"))); // the page had it just now
  };
  await Promise.all(RUNTIME_FILES.map(keep));
  const script = await fetched(runScript, "no-cache");
  if (!(await script.clone().text()).includes(BUILD)) {
    throw new Error(`${runScript} is of another build than this service worker`);
  }
  await cache.put(runScript, script);
}

async function fetched(url: string, cache: RequestCache): Promise<Response> {
  const response = await fetch(url, { cache });
  if (!mayBeKept(response)) {
    throw new Error(`${url} did not arrive`);
  }
  return response;
}

/** Of WebAssembly that comes as such, the browser keeps the compiled code. */
async function readyToRun(url: string, response: Response): Promise<Response> {
  return url.endsWith(".wasm.gz") && response.body
    ? new Response(await unpacked(response.body), { headers: { "Content-Type": "application/wasm" } })
    : response;
}

async function forgetOlder(): Promise<void> {
  const older = (await caches.keys()).filter(
    (name) => name.startsWith(`${scope} `) && name !== runtimeOf(BUILD) && name !== pages,
  );
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function keepPages(urls: string[]): Promise<void> {
  const cache = await caches.open(pages);
  for (const url of urls.filter((one) => one.startsWith(scope) && !buildOf(one) && one !== runScript)) {
    const response = await fetch(url, { cache: "force-cache" });
    if (mayBeKept(response)) {
      await cache.put(url, response);
    }
  }
}

// To look something up makes no cache: a version that has just been replaced would bring its own back.

async function fromCache(event: RequestEvent): Promise<Response> {
  const { request } = event;
  const kept = await caches.match(request.url);
  if (kept) {
    return kept;
  }
  const response = await fetch(request);
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (buildOf(request.url) === BUILD && mayBeKept(response) && !isPage) {
    event.waitUntil(keep(runtimeOf(BUILD), request, response.clone()));
  }
  return response;
}

async function fromNetwork(event: RequestEvent): Promise<Response> {
  const { request } = event;
  try {
    const response = await fetch(request);
    if (mayBeKept(response) && request.url !== runScript) {
      event.waitUntil(keep(pages, request, response.clone()));
    }
    return response;
  } catch (failure) {
    const kept = await caches.match(request, {
      cacheName: request.url === runScript ? runtimeOf(BUILD) : pages,
      ignoreSearch: request.mode === "navigate",
      ignoreVary: true,
    });
    if (kept) {
      return kept;
    }
    throw failure;
  }
}

async function keep(name: string, request: Request, response: Response): Promise<void> {
  const cache = await caches.open(name);
  await cache.put(request, response);
}

function mayBeKept({ status, type, redirected }: Response): boolean {
  return status === 200 && type === "basic" && !redirected;
}

/** In the worker: fetches the runtime's files, all at once, and tells which one fails. */
import type { FromWorker, RuntimeFile } from "./messages.ts";
import { unpacked } from "./unpacked.ts";

const PROGRESS_INTERVAL = 100; // milliseconds between signs of life of one file

const WASM_TYPE = "application/wasm";

/** A runtime file could not be had or used; the message names it. */
export class FileFailure extends Error {}

type Bytes = Uint8Array<ArrayBuffer>;

export class Downloads {
  constructor(
    private readonly base: URL,
    private readonly tell: (message: FromWorker) => void,
  ) {}

  /** A module, loaded as the worker's own. */
  async module<Module>(file: RuntimeFile): Promise<Module> {
    const module: Module = await named(file, "could not be loaded", import(this.url(file)));
    this.tell({ type: "loaded", file });
    return module;
  }

  /** The bytes of a file that begins with `magic`; `kind` is what such a file is called. */
  async bytes(file: RuntimeFile, magic: string, kind: string): Promise<Bytes> {
    const response = await this.unpacked(file, await this.response(file));
    const bytes = new Uint8Array(await named(file, "did not arrive whole", response.arrayBuffer()));
    if (!new TextDecoder("latin1").decode(bytes.subarray(0, magic.length)).startsWith(magic)) {
      const type = response.headers.get("Content-Type") ?? "of no type";
      throw new FileFailure(`${file} is not ${kind}: the server sent something ${type}`);
    }
    this.tell({ type: "loaded", file });
    return bytes;
  }

  /** A compiled WebAssembly module. It is compiled while it comes. */
  async wasm(file: RuntimeFile): Promise<WebAssembly.Module> {
    let response = await this.response(file);
    // The service worker has unpacked it, and what comes just so the browser need not compile each time.
    if (response.headers.get("Content-Type") !== WASM_TYPE) {
      const { body } = await this.unpacked(file, response);
      response = new Response(body, { headers: { "Content-Type": WASM_TYPE } });
    }
    const module = await named(file, "could not be compiled", WebAssembly.compileStreaming(response));
    this.tell({ type: "loaded", file });
    return module;
  }

  private async response(file: RuntimeFile): Promise<Response> {
    const response = await named(file, "did not arrive", fetch(this.url(file)));
    if (!response.ok) {
      throw new FileFailure(`${file} did not arrive: the server answered ${response.status}`);
    }
    return response;
  }

  /** A response whose body is unpacked and, as it comes, tells how much has come. */
  private async unpacked(file: RuntimeFile, response: Response): Promise<Response> {
    const body = (response.body ?? new Blob().stream()).pipeThrough(this.counted(file));
    return new Response(await unpacked(body), { headers: response.headers });
  }

  private counted(file: RuntimeFile): TransformStream<Bytes, Bytes> {
    let bytes = 0;
    let told = 0;
    return new TransformStream({
      transform: (piece, stream) => {
        stream.enqueue(piece);
        bytes += piece.length;
        if (performance.now() - told > PROGRESS_INTERVAL) {
          told = performance.now();
          this.tell({ type: "loading", file, bytes });
        }
      },
    });
  }

  private url(file: RuntimeFile): string {
    return new URL(file, this.base).href;
  }
}

/** The same value, but a failure to get it names the file. */
async function named<Value>(file: RuntimeFile, what: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw new FileFailure(`${file} ${what} (${error})`);
  }
}

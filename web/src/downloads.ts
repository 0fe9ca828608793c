/** In the worker: fetches the runtime's files, all at once, and tells which one fails. */
import type { FromWorker, RuntimeFile } from "./messages.ts";

const PROGRESS_INTERVAL = 500; // milliseconds between signs of life of one file
const ZIP_MAGIC = "PK";

/** A runtime file could not be had or used; the message names it. */
export class FileFailure extends Error {}

export class Downloads {
  private readonly answers = new Map<string, () => Promise<Response>>();

  constructor(
    private readonly base: URL,
    private readonly tell: (message: FromWorker) => void,
  ) {
    this.answerPyodide();
  }

  /** A module, loaded as the worker's own. */
  async module<Module>(file: RuntimeFile): Promise<Module> {
    const module: Module = await named(file, "could not be loaded", import(this.url(file)));
    this.tell({ type: "loaded", file });
    return module;
  }

  /** The bytes of a zip archive, for us or for Pyodide. */
  async zip(file: RuntimeFile): Promise<Uint8Array<ArrayBuffer>> {
    const arrived = this.archive(file);
    this.answers.set(this.url(file), async () => new Response(await arrived));
    const bytes = await arrived;
    this.tell({ type: "loaded", file });
    return bytes;
  }

  /**
   * Fetches and compiles Pyodide's WebAssembly while the other files still come. Pyodide, which would begin later
   * and wait forever if that failed, gets the result.
   */
  async wasm(file: RuntimeFile): Promise<void> {
    const compiled = this.compiled(file);
    this.answers.set(this.url(file), async () => new Response());
    WebAssembly.instantiateStreaming = async (_, imports) => {
      const module = await compiled;
      const instance = await WebAssembly.instantiate(module, imports);
      this.tell({ type: "step", step: "starting the interpreter" });
      return { module, instance };
    };
    await compiled;
    this.tell({ type: "loaded", file });
  }

  /** Gives Pyodide's own requests the downloads that already run. */
  private answerPyodide(): void {
    const fetchAnew = self.fetch.bind(self);
    self.fetch = (input, init) => this.answers.get(String(input))?.() ?? fetchAnew(input, init);
  }

  private async compiled(file: RuntimeFile): Promise<WebAssembly.Module> {
    const response = await this.request(file);
    const arrived = this.pieces(file, response.clone());
    const compiled = named(file, "could not be compiled", WebAssembly.compileStreaming(response));
    await Promise.all([arrived, compiled]);
    return compiled;
  }

  private async archive(file: RuntimeFile): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.request(file);
    const bytes = joined(await this.pieces(file, response));
    if (String.fromCharCode(...bytes.subarray(0, 2)) !== ZIP_MAGIC) {
      const type = response.headers.get("Content-Type") ?? "of no type";
      throw new FileFailure(`${file} is not a zip archive: the server sent something ${type}`);
    }
    return bytes;
  }

  private async request(file: RuntimeFile): Promise<Response> {
    const response = await named(file, "did not arrive", fetch(this.url(file)));
    if (!response.ok) {
      throw new FileFailure(`${file} did not arrive: the server answered ${response.status}`);
    }
    return response;
  }

  /** Reads a response to its end, and gives signs of life meanwhile. */
  private async pieces(file: RuntimeFile, response: Response): Promise<Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    const reader = (response.body ?? new Blob().stream()).getReader();
    let told = 0;
    for (;;) {
      const { done, value } = await named(file, "did not arrive whole", reader.read());
      if (done) {
        return pieces;
      }
      pieces.push(value);
      if (performance.now() - told > PROGRESS_INTERVAL) {
        told = performance.now();
        this.tell({ type: "alive" });
      }
    }
  }

  private url(file: RuntimeFile): string {
    return new URL(file, this.base).href;
  }
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The same value, but a failure to get it names the file. */
async function named<Value>(file: RuntimeFile, what: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw new FileFailure(`${file} ${what} (${error})`);
  }
}

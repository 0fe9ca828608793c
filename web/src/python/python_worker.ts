/** One worker with Python in it: its start, watched, and the messages to and from it. */
import { FILE_SIZES } from "./build.ts";
import { type FromWorker, RUNTIME_FILES, type RunResult, type TabWork, type ToWorker } from "./messages.ts";

const LONGEST_SILENCE = 8000; // milliseconds; the reader is to know within ten seconds

/** How much of the runtime's files has come. */
export interface Bytes {
  loaded: number;
  total: number;
}

export interface WorkerListener {
  /** It comes nearer: `progress` has changed. */
  progress(): void;
  ready(): void;
  /** It did not start, or broke; the worker has ended. */
  failed(reason: string): void;
  output(text: string): void;
  result(result: RunResult, history: string): void;
  answer(answer: unknown, history: string): void;
  crashed(reason: string): void;
}

export class PythonWorker {
  private readonly worker: Worker | null = null;
  private readonly awaited = new Set<string>(RUNTIME_FILES);
  private readonly loaded = new Map<string, number>();
  private step = "starting";
  private watchdog = 0;
  private isReady = false;
  private hasEnded = false;
  /** Of the work that was sent last. */
  private key = "";

  constructor(
    url: URL,
    private readonly listener: WorkerListener,
  ) {
    this.watch();
    try {
      this.worker = new Worker(url, { type: "module" });
    } catch (error) {
      queueMicrotask(() => this.fail(`worker.js could not be started (${error})`));
      return;
    }
    this.worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.receive(data));
    this.worker.addEventListener("error", (event) => this.fail(this.describe(event)));
  }

  send(work: TabWork): void {
    this.key = crypto.getRandomValues(new Uint32Array(4)).join();
    this.worker?.postMessage({ ...work, key: this.key } satisfies ToWorker);
  }

  end(): void {
    this.hasEnded = true;
    clearTimeout(this.watchdog);
    this.worker?.terminate();
  }

  private receive(message: FromWorker): void {
    if (this.hasEnded) {
      return;
    }
    if (this.isReady && Object(message).key !== this.key) {
      this.end();
      this.listener.crashed("The program sent the page messages of its own.");
      return;
    }
    switch (message.type) {
      case "output":
        this.listener.output(message.text);
        break;
      case "result":
        this.listener.result(message.result, message.history);
        break;
      case "answer":
        this.listener.answer(message.answer, message.history);
        break;
      case "crashed":
        this.listener.crashed(message.reason);
        break;
      case "failed":
        this.fail(message.reason);
        break;
      case "ready":
        clearTimeout(this.watchdog);
        this.isReady = true;
        this.listener.ready();
        break;
      default:
        this.comesNearer(message);
    }
  }

  private comesNearer(message: Extract<FromWorker, { type: "loading" | "loaded" | "step" }>): void {
    if (message.type === "loaded") {
      this.awaited.delete(message.file);
      this.loaded.set(message.file, FILE_SIZES[message.file] ?? 0);
    } else if (message.type === "loading") {
      // A host may have unpacked a file: then more comes than was sent.
      this.loaded.set(message.file, Math.min(message.bytes, FILE_SIZES[message.file] ?? 0));
    } else {
      this.step = message.step;
    }
    this.watch();
    this.listener.progress();
  }

  /** What is being waited for, in words, such as "Starting Python: 3.1 of 11.8 MB…"; and in bytes. */
  get progress(): { text: string; bytes: Bytes | null } {
    if (this.awaited.size === 0) {
      return { text: `Starting Python: ${this.step}…`, bytes: null };
    }
    const loaded = sum(this.loaded.values());
    const total = sum(RUNTIME_FILES.map((file) => FILE_SIZES[file] ?? 0));
    const text = `Starting Python: ${megabytes(loaded)} of ${megabytes(total)} MB…`;
    return { text, bytes: { loaded, total } };
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => {
      const seconds = LONGEST_SILENCE / 1000;
      const late = this.awaited.has("worker.js") ? ["worker.js"] : [...this.awaited];
      this.fail(
        late.length > 0
          ? `${late.join(", ")} did not arrive: nothing came for ${seconds} seconds`
          : `stuck while ${this.step}: nothing happened for ${seconds} seconds`,
      );
    }, LONGEST_SILENCE);
  }

  private describe(event: ErrorEvent): string {
    return this.awaited.has("worker.js")
      ? "worker.js could not be loaded"
      : event.message || "the worker broke";
  }

  private fail(reason: string): void {
    if (!this.hasEnded) {
      this.end();
      this.listener.failed(reason);
    }
  }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

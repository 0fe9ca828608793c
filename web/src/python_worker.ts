/** One worker with Python in it: its start, watched, and the messages to and from it. */
import { type FromWorker, RUNTIME_FILES, type RunResult, type ToWorker } from "./messages.ts";

const LONGEST_SILENCE = 8000; // milliseconds; the reader is to know within ten seconds

export interface WorkerListener {
  /** What is being waited for, in words. */
  progress(text: string): void;
  ready(): void;
  /** It did not start, or broke; the worker has ended. */
  failed(reason: string): void;
  output(run: number, text: string): void;
  result(run: number, result: RunResult): void;
  crashed(run: number, reason: string): void;
}

export class PythonWorker {
  private readonly worker: Worker | null = null;
  private readonly awaited = new Set<string>(RUNTIME_FILES);
  private step = "starting";
  private watchdog = 0;
  private hasEnded = false;

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

  send(message: ToWorker): void {
    this.worker?.postMessage(message);
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
    switch (message.type) {
      case "output":
        this.listener.output(message.run, message.text);
        break;
      case "result":
        this.listener.result(message.run, message.result);
        break;
      case "crashed":
        this.listener.crashed(message.run, message.reason);
        break;
      case "failed":
        this.fail(message.reason);
        break;
      case "ready":
        clearTimeout(this.watchdog);
        this.listener.ready();
        break;
      default:
        this.comesNearer(message);
    }
  }

  private comesNearer(message: Extract<FromWorker, { type: "alive" | "loaded" | "step" }>): void {
    if (message.type === "loaded") {
      this.awaited.delete(message.file);
    } else if (message.type === "step") {
      this.step = message.step;
    }
    this.watch();
    this.listener.progress(this.progress);
  }

  /** In words, such as "Starting Python: 3 of 6 files…". */
  get progress(): string {
    const all = RUNTIME_FILES.length;
    const loaded = all - this.awaited.size;
    return `Starting Python: ${loaded < all ? `${loaded} of ${all} files` : this.step}…`;
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

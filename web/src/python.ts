/** The Python of this window: started once, kept over page changes, one run at a time, the others in a queue. */
import type { RunRequest, RunResult } from "./messages.ts";
import { PythonWorker } from "./python_worker.ts";

/** Who asked for a run, and hears of it. The last four end the run. */
export interface RunListener {
  /** It waits, for what the text says. */
  waits(text: string): void;
  starts(): void;
  prints(text: string): void;
  ends(result: RunResult): void;
  crashes(reason: string): void;
  isStopped(): void;
  /** Python could not be started. To ask again is to try again. */
  cannotStart(reason: string): void;
}

interface Run {
  number: number;
  request: RunRequest;
  listener: RunListener;
}

export class Python {
  private worker: PythonWorker | null = null;
  private isReady = false;
  private active: Run | null = null;
  private queue: Run[] = [];
  private lastNumber = 0;

  constructor(private readonly workerUrl: URL) {}

  /** Begin to start, unless that has been done: the reader may soon press Run. */
  prepare(): void {
    if (!this.worker) {
      this.start();
    }
  }

  run(request: RunRequest, listener: RunListener): void {
    this.lastNumber += 1;
    this.queue.push({ number: this.lastNumber, request, listener });
    this.prepare();
    if (this.active) {
      listener.waits("Waiting for another run to end…");
    } else if (!this.isReady && this.worker) {
      listener.waits(this.worker.progress);
    }
    this.next();
  }

  /** Stop the run of this listener. A running one takes its worker with it, so a spare is started at once. */
  stop(listener: RunListener): void {
    if (this.active?.listener === listener) {
      this.active = null;
      this.worker?.end();
      this.start();
    } else {
      this.queue = this.queue.filter((run) => run.listener !== listener);
    }
    listener.isStopped();
  }

  private start(): void {
    this.isReady = false;
    const worker: PythonWorker = new PythonWorker(this.workerUrl, {
      progress: (text) => {
        for (const run of this.queue) {
          run.listener.waits(text);
        }
      },
      ready: () => {
        this.isReady = true;
        this.next();
      },
      failed: (reason) => this.giveUp(reason),
      output: (number, text) => this.activeRun(number)?.listener.prints(text),
      result: (number, result) => this.finish(number, (listener) => listener.ends(result)),
      crashed: (number, reason) => {
        worker.end();
        this.start();
        this.finish(number, (listener) => listener.crashes(reason));
      },
    });
    this.worker = worker;
  }

  private next(): void {
    if (!this.isReady || this.active) {
      return;
    }
    const run = this.queue.shift();
    if (run) {
      this.active = run;
      run.listener.starts();
      this.worker?.send({ run: run.number, request: run.request });
    }
  }

  private activeRun(number: number): Run | null {
    return this.active?.number === number ? this.active : null;
  }

  private finish(number: number, tell: (listener: RunListener) => void): void {
    const run = this.activeRun(number);
    if (run) {
      this.active = null;
      tell(run.listener);
      this.next();
    }
  }

  private giveUp(reason: string): void {
    const waiting = this.active ? [this.active, ...this.queue] : this.queue;
    this.worker = null;
    this.isReady = false;
    this.active = null;
    this.queue = [];
    for (const run of waiting) {
      run.listener.cannotStart(reason);
    }
  }
}

/** One Python for several tabs: what they ask for waits in a queue, one at a time, and each hears of its own. */
import type { Question, RunRequest, RunResult } from "./messages.ts";
import { type Bytes, PythonWorker } from "./python_worker.ts";

/** What a tab asks for: one run or one answer at a time, numbered upwards. `history` leads to the tab's state. */
export type Work = { number: number; history: string } & ({ request: RunRequest } | { question: Question });
export type Order = "prepare" | { stop: number } | Work;

/** What a tab hears of its run or its question. The last four end it. */
export type News =
  | { kind: "waits"; text: string; bytes: Bytes | null }
  | { kind: "starts" }
  | { kind: "prints"; text: string }
  | { kind: "ends"; result: RunResult; history: string }
  | { kind: "answers"; answer: unknown; history: string }
  | { kind: "crashes"; reason: string }
  | { kind: "cannotStart"; reason: string };

type Job = Work & { tab: string };

export class PythonHost {
  private worker: PythonWorker | null = null;
  private isReady = false;
  private active: Job | null = null;
  private queue: Job[] = [];
  private readonly lastNumbers = new Map<string, number>();

  constructor(
    private readonly workerUrl: URL,
    private readonly tell: (tab: string, number: number, news: News) => void,
    private readonly onReady: () => void,
  ) {}

  take(tab: string, order: Order): void {
    if (order === "prepare") {
      this.prepare();
    } else if ("stop" in order) {
      this.drop((job) => job.tab === tab && job.number === order.stop);
    } else if (order.number > (this.lastNumbers.get(tab) ?? 0)) {
      // A tab asks again when it hears of a new host, which may have heard it the first time.
      this.lastNumbers.set(tab, order.number);
      this.queue.push({ ...order, tab });
      this.prepare();
      this.next();
      this.tellWaiting();
    }
  }

  /** A tab is gone: nobody is there to stop a run that hangs. */
  forget(tab: string): void {
    this.lastNumbers.delete(tab);
    this.drop((job) => job.tab === tab);
  }

  end(): void {
    this.worker?.end();
  }

  /** A running job takes its worker with it, so a spare is started at once. */
  private drop(isDropped: (job: Job) => boolean): void {
    this.queue = this.queue.filter((job) => !isDropped(job));
    if (this.active && isDropped(this.active)) {
      this.active = null;
      this.restart();
      this.tellWaiting();
    }
  }

  private prepare(): void {
    if (!this.worker) {
      this.start();
    }
  }

  private restart(): void {
    this.worker?.end();
    this.start();
  }

  private start(): void {
    this.isReady = false;
    this.worker = new PythonWorker(this.workerUrl, {
      progress: () => this.tellWaiting(),
      ready: () => {
        this.isReady = true;
        this.onReady();
        this.next();
      },
      failed: (reason) => this.giveUp(reason),
      output: (text) => this.tellActive({ kind: "prints", text }),
      result: (result, history) => this.finish({ kind: "ends", result, history }),
      answer: (answer, history) => this.finish({ kind: "answers", answer, history }),
      crashed: (reason) => {
        this.restart();
        this.finish({ kind: "crashes", reason });
      },
    });
  }

  private next(): void {
    if (this.isReady && !this.active) {
      this.active = this.queue.shift() ?? null;
      if (this.active) {
        this.tellActive({ kind: "starts" });
        this.worker?.send(this.active);
      }
    }
  }

  private finish(news: News): void {
    const job = this.active;
    this.active = null;
    if (job) {
      this.tell(job.tab, job.number, news);
    }
    this.next();
  }

  private tellActive(news: News): void {
    if (this.active) {
      this.tell(this.active.tab, this.active.number, news);
    }
  }

  private tellWaiting(): void {
    const waiting = this.active
      ? { text: "Waiting for a run in another tab to end…", bytes: null }
      : this.worker?.progress;
    for (const job of this.queue) {
      if (waiting) {
        this.tell(job.tab, job.number, { kind: "waits", ...waiting });
      }
    }
  }

  private giveUp(reason: string): void {
    const waiting = this.active ? [this.active, ...this.queue] : this.queue;
    this.worker = null;
    this.isReady = false;
    this.active = null;
    this.queue = [];
    for (const { tab, number } of waiting) {
      this.tell(tab, number, { kind: "cannotStart", reason });
    }
  }
}

/** The Python that this window uses: one run or question at a time, the others in a queue; kept over page changes. */
import type { Question, Refusal, RunRequest, RunResult } from "./messages.ts";
import type { News, Work } from "./python_host.ts";
import type { Bytes } from "./python_worker.ts";
import { SharedPython } from "./shared_python.ts";

/** Who asked for a run, and hears of it. The last four end the run. */
export interface RunListener {
  /** It waits, for what the text says; for files, if there are `bytes`. */
  waits(text: string, bytes: Bytes | null): void;
  starts(): void;
  prints(text: string): void;
  ends(result: RunResult): void;
  crashes(reason: string): void;
  isStopped(): void;
  /** Python could not be started. To ask again is to try again. */
  cannotStart(reason: string): void;
}

type Job = { number: number } & (
  | { request: RunRequest; listener: RunListener }
  | { question: Question; settle: (answer: unknown) => void }
);

type Wait = Pick<Extract<News, { kind: "waits" }>, "text" | "bytes">;

export class Python {
  /** It answers at once: nothing has to be started first. */
  isReady = false;
  private readonly shared: SharedPython;
  /** The first one has been handed on. */
  private jobs: Job[] = [];
  private lastNumber = 0;
  private hasStarted = false;
  /** What a run waits for that finds no other before it. */
  private lastWait: Wait | null = { text: "Starting Python…", bytes: null };
  private isWanted = false;
  /** What led to the state of this window's sandbox; Python knows how to read it. */
  private history = "[]";

  constructor(workerUrl: URL, onReady: () => void) {
    this.shared = new SharedPython(workerUrl, {
      isReady: () => {
        this.isReady = true;
        onReady();
      },
      hears: (number, news) => this.hears(number, news),
      asksAgain: () => this.askAgain(),
    });
  }

  /** Begin to start, unless that has been done: the reader may soon press Run. */
  prepare(): void {
    this.isWanted = true;
    this.shared.send("prepare");
  }

  run(request: RunRequest, listener: RunListener): void {
    if (this.hasStarted) {
      listener.waits("Waiting for another run to end…", null);
    } else if (this.lastWait) {
      listener.waits(this.lastWait.text, this.lastWait.bytes);
    }
    this.add({ number: this.newNumber(), request, listener });
  }

  /** Ask Python something, in the queue with the runs. What cannot be answered gives a Refusal. */
  ask<Answer>(question: Question): Promise<Answer | Refusal> {
    return new Promise((resolve) => {
      const settle = (answer: unknown): void => resolve(answer as Answer | Refusal);
      this.add({ number: this.newNumber(), question, settle });
    });
  }

  stop(listener: RunListener): void {
    const [first] = this.jobs;
    this.jobs = this.jobs.filter((job) => !isRun(job) || job.listener !== listener);
    if (first && first !== this.jobs[0]) {
      this.shared.send({ stop: first.number });
      this.handOn();
    }
    listener.isStopped();
  }

  private newNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  private add(job: Job): void {
    this.jobs.push(job);
    if (this.jobs.length === 1) {
      this.handOn();
    }
  }

  private handOn(): void {
    this.hasStarted = false;
    const [job] = this.jobs;
    if (job) {
      const work = isRun(job) ? { request: job.request } : { question: job.question };
      this.shared.send({ number: job.number, history: this.history, ...work } satisfies Work);
    }
  }

  private askAgain(): void {
    this.isReady = false;
    if (this.isWanted) {
      this.shared.send("prepare");
    }
    this.handOn();
  }

  private hears(number: number, news: News): void {
    const [job] = this.jobs;
    if (!job || job.number !== number) {
      return;
    }
    const listener = isRun(job) ? job.listener : null;
    switch (news.kind) {
      case "waits":
        this.lastWait = news;
        for (const { listener } of this.jobs.filter(isRun)) {
          listener.waits(news.text, news.bytes);
        }
        break;
      case "starts":
        this.hasStarted = true;
        this.lastWait = null;
        listener?.starts();
        break;
      case "prints":
        listener?.prints(news.text);
        break;
      case "cannotStart":
        this.giveUp(news.reason);
        break;
      default:
        this.finish(job, news);
    }
  }

  private finish(job: Job, news: Extract<News, { kind: "ends" | "answers" | "crashes" }>): void {
    this.jobs.shift();
    const [next] = this.jobs;
    if (news.kind !== "crashes") {
      this.history = news.history;
    }
    if (news.kind === "ends" && isRun(job)) {
      job.listener.ends(news.result);
    } else if (news.kind === "answers" && !isRun(job)) {
      job.settle(news.answer);
    } else if (news.kind === "crashes") {
      fail(job, news.reason);
    }
    if (next) {
      this.handOn();
    } // or else what was asked for in the meantime has been handed on
  }

  private giveUp(reason: string): void {
    const waiting = this.jobs;
    this.isReady = false;
    this.jobs = [];
    this.hasStarted = false;
    for (const job of waiting) {
      if (isRun(job)) {
        job.listener.cannotStart(reason);
      } else {
        job.settle({ error: `Python did not start: ${reason}.` } satisfies Refusal);
      }
    }
  }
}

function isRun(job: Job): job is Extract<Job, { request: RunRequest }> {
  return "request" in job;
}

function fail(job: Job, reason: string): void {
  if (isRun(job)) {
    job.listener.crashes(reason);
  } else {
    job.settle({ error: `Python broke down: ${reason}` } satisfies Refusal);
  }
}

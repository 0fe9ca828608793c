/**
 * One Python for all tabs of the site. The tab that holds a lock is its host, in which the worker lives; the others
 * reach it over a channel. When the host's tab is closed, the browser hands the lock to another tab, and all tabs
 * ask the new host again for what they still wait for. (A SharedWorker could not be ended when a program hangs.)
 */
import { type News, type Order, PythonHost } from "./python_host.ts";

const LONGEST_SILENCE = 3000; // milliseconds until a tab takes a host for dead: suspended, as on a phone

type Tell = (tab: string, number: number, news: News) => void;
type Message =
  | { hosting: true }
  | { from: string; order: Order }
  | { to: string; number: number; news: News };

export interface Tab {
  /** Python has started in this tab. */
  isReady(): void;
  hears(number: number, news: News): void;
  /** There is somebody to ask, and whatever was asked before may be lost. */
  asksAgain(): void;
}

export class SharedPython {
  private host: PythonHost | null = null;
  private channel: BroadcastChannel | null = null;
  private hasJoined = false;
  private readonly known = new Set<string>();
  private name = "";
  private id = "";
  private silence = 0;

  constructor(
    private readonly workerUrl: URL,
    private readonly tab: Tab,
  ) {}

  send(order: Order): void {
    this.join();
    if (this.host) {
      this.host.take(this.id, order);
    } else if (this.channel) {
      this.post({ from: this.id, order });
      if (typeof order === "object" && "number" in order) {
        clearTimeout(this.silence);
        this.silence = window.setTimeout(() => this.queueForHost({ steal: true }), LONGEST_SILENCE);
      }
    }
  }

  private join(): void {
    if (this.hasJoined) {
      return;
    }
    this.hasJoined = true;
    if (!navigator.locks) {
      this.standAlone();
      return;
    }
    this.id = crypto.randomUUID();
    this.name = `Python of ${this.workerUrl.href}`;
    // Held as long as this tab lives: so the host learns of its end.
    const isHere = (): Promise<never> => {
      this.channel = new BroadcastChannel(this.name);
      this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.receive(data);
      this.queueForHost({});
      this.tab.asksAgain();
      return forever();
    };
    navigator.locks.request(this.lockOf(this.id), isHere).catch(() => this.standAlone());
  }

  /** A tab that can share nothing has a Python of its own. */
  private standAlone(): void {
    this.host = this.newHost((_, number, news) => this.tab.hears(number, news));
    this.tab.asksAgain();
  }

  private queueForHost(options: LockOptions): void {
    navigator.locks
      .request(this.name, options, () => {
        this.becomeHost();
        return forever();
      })
      .catch(() => {
        this.yieldTo(); // another tab took this one for dead
        this.queueForHost({});
      });
  }

  private becomeHost(): void {
    this.known.clear();
    this.host = this.newHost((to, number, news) =>
      to === this.id ? this.tab.hears(number, news) : this.post({ to, number, news }),
    );
    this.post({ hosting: true });
    this.ask();
  }

  private newHost(tell: Tell): PythonHost {
    return new PythonHost(this.workerUrl, tell, () => this.tab.isReady());
  }

  private yieldTo(): void {
    this.host?.end();
    this.host = null;
  }

  private ask(): void {
    clearTimeout(this.silence);
    this.tab.asksAgain();
  }

  private receive(message: Message): void {
    if ("hosting" in message) {
      this.yieldTo();
      this.ask();
    } else if ("order" in message) {
      this.host?.take(message.from, message.order);
      this.watch(message.from);
    } else if (message.to === this.id) {
      clearTimeout(this.silence);
      this.tab.hears(message.number, message.news);
    }
  }

  /** The host waits for the lock of each tab that it serves, and has it when that tab is gone. */
  private watch(tab: string): void {
    const { host } = this;
    if (host && !this.known.has(tab)) {
      this.known.add(tab);
      void navigator.locks.request(this.lockOf(tab), () => host.forget(tab));
    }
  }

  private lockOf(tab: string): string {
    return `${this.name}, tab ${tab}`;
  }

  private post(message: Message): void {
    this.channel?.postMessage(message);
  }
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

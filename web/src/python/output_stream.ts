/** In the worker: sends what Python prints to the window while it runs. */

const WINDOW = 50; // milliseconds
const POSTS_PER_WINDOW = 20;
const LARGEST_PENDING = 8192; // characters

/**
 * Posts each piece as it comes. Python holds the worker's thread, so that nothing can be sent later by a timer:
 * only a program that prints faster than the window can take has its pieces gathered.
 */
export class OutputStream {
  private pending = "";
  private since = 0;
  private posts = 0;

  constructor(private readonly post: (text: string) => void) {}

  write(text: string): void {
    this.pending += text;
    const now = performance.now();
    if (now - this.since >= WINDOW) {
      this.since = now;
      this.posts = 0;
    }
    if (this.posts < POSTS_PER_WINDOW || this.pending.length > LARGEST_PENDING) {
      this.posts += 1;
      this.flush();
    }
  }

  flush(): void {
    if (this.pending) {
      this.post(this.pending);
      this.pending = "";
    }
  }
}

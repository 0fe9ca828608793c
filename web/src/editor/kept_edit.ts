/** A reader's edit of one section, kept by the browser from visit to visit. */

const PREFIX = "sessions-guide edit ";

interface Kept {
  text: string;
  /** The page's code when the edit was begun. */
  original: string;
}

export class KeptEdit {
  private readonly key: string;
  /** The page's code when the kept edit was begun: another one than now if the page has changed since. */
  private basis: string;
  readonly text: string | null;

  constructor(
    file: string,
    section: string,
    private readonly original: string,
  ) {
    this.key = `${PREFIX}${file} ${section}`;
    const kept = this.load();
    this.text = kept?.text ?? null;
    this.basis = kept?.original ?? original;
  }

  /** Whether the page's code is another than that which was edited. */
  get isStale(): boolean {
    return this.basis !== this.original;
  }

  /** The reader knows of the change and wants to keep the edit. */
  adopt(text: string): void {
    this.basis = this.original;
    this.save(text);
  }

  save(text: string): void {
    const kept: Kept = { text, original: this.basis };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // Full, or forbidden: the edit then lasts as long as the page.
    }
  }

  drop(): void {
    this.basis = this.original;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Forbidden: there is nothing to remove.
    }
  }

  private load(): Kept | null {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return isKept(kept) ? kept : null;
    } catch {
      return null; // forbidden, or not ours
    }
  }
}

function isKept(value: unknown): value is Kept {
  const { text, original } = (value ?? {}) as Partial<Kept>;
  return typeof text === "string" && typeof original === "string";
}

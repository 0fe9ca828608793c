/** A whole program as text, the reader's edits in place. Pure functions. */

const MARKER = /^# --8<-- \[(start|end):([a-z0-9_]+)\]\s*$/;

export interface WholeText {
  text: string;
  /** The first and the last line (from 1) of the section that was asked for. */
  lines: [first: number, last: number];
}

/** The program's file with the edits of its sections, and where in it `section` stands. */
export function wholeText(file: string, edits: Record<string, string>, section: string): WholeText {
  const out: string[] = [];
  const lines: [number, number] = [1, 1];
  let inside: string | null = null;
  for (const line of file.replace(/\n$/, "").split("\n")) {
    const [, edge, name = ""] = MARKER.exec(line) ?? [];
    if (edge === "end") {
      inside = null;
      if (name === section) {
        lines[1] = out.length;
      }
    }
    const isReplaced: boolean = inside !== null && edits[inside] !== undefined;
    if (!isReplaced) {
      out.push(line);
    }
    if (edge === "start") {
      inside = name;
      if (name === section) {
        lines[0] = out.length + 1;
      }
      const edit = edits[name];
      if (edit !== undefined) {
        out.push(...edit.trimEnd().split("\n"));
      }
    }
  }
  return { text: `${out.join("\n")}\n`, lines };
}

/** The recorded output of a section stands in its code as `#>` lines; a page that can run shows it below instead. */

const RECORDED_LINE = /^[ \t]*#>(?: (.*))?$/;

/** Takes the `#>` lines out of highlighted code, keeping the other lines' markup; returns the output they record. */
export function takeOutRecorded(code: HTMLElement): string {
  const output: string[] = [];
  const gone: Range[] = [];
  let start = 0;
  for (const line of (code.textContent ?? "").split("\n")) {
    const match = RECORDED_LINE.exec(line);
    if (match) {
      output.push(`${match[1] ?? ""}\n`);
      gone.push(rangeOf(code, start, start + line.length + 1));
    }
    start += line.length + 1;
  }
  for (const range of gone) {
    range.deleteContents();
  }
  for (const empty of code.querySelectorAll("span:empty")) {
    empty.remove();
  }
  return output.join("");
}

/** What stands between two offsets into the text. */
export function rangeOf(code: HTMLElement, start: number, end: number): Range {
  const range = new Range();
  const from = pointAt(code, start);
  const to = pointAt(code, end);
  range.setStart(from.node, from.offset);
  range.setEnd(to.node, to.offset);
  return range;
}

/** The text node in which the text before `offset` ends; the last one for an offset behind the end. */
function pointAt(code: HTMLElement, offset: number): { node: Node; offset: number } {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  let rest = offset;
  let point: { node: Node; offset: number } = { node: code, offset: 0 };
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    point = { node, offset: Math.min(rest, length) };
    if (rest <= length) {
      break;
    }
    rest -= length;
  }
  return point;
}

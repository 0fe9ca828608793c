/** CodeMirror for Python, in a script of its own: it is fetched when somebody edits or reads a whole program. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxTree } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import {
  Compartment,
  EditorState,
  type Range,
  StateEffect,
  StateField,
  Transaction,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { StyleModule } from "style-mod";
import { ERROR_HERE } from "./error_line.ts";
import type { Field, FieldSettings } from "./field.ts";
import { paintPython } from "./python_colours.ts";

const sheets = new Map<StyleModule, CSSStyleSheet>();

/** CodeMirror would write its styles into a <style>, which the page's policy forbids; sheets like these it allows. */
StyleModule.mount = (root, modules) => {
  const own = [modules].flat().map((module) => {
    const sheet = sheets.get(module) ?? new CSSStyleSheet();
    if (!sheets.has(module)) {
      sheet.replaceSync(module.getRules());
      sheets.set(module, sheet);
    }
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((sheet) => !own.includes(sheet)), ...own];
};

const colours = ViewPlugin.define(
  (view) => ({
    decorations: coloursOf(view),
    update(update: ViewUpdate) {
      const isParsed = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || isParsed) {
        this.decorations = coloursOf(update.view);
      }
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

function coloursOf({ state, viewport }: EditorView): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  paintPython(syntaxTree(state), state.doc.toString(), viewport.from, viewport.to, (from, to, className) => {
    ranges.push(Decoration.mark({ class: className }).range(from, to));
  });
  return Decoration.set(ranges);
}

class ErrorHere extends WidgetType {
  toDOM(): HTMLElement {
    const words = document.createElement("span");
    words.className = "run-error-here";
    words.textContent = ERROR_HERE;
    return words;
  }
}

const setError = StateEffect.define<number | null>();

/** The line that failed stays marked until it is changed. */
const errorLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marked, transaction) {
    let now = marked;
    transaction.changes.iterChangedRanges((from, to) => {
      const { doc } = transaction.startState;
      const [first, last] = [doc.lineAt(from).from, doc.lineAt(to).to];
      now = now.update({ filter: (at) => at < first || at > last });
    });
    now = now.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setError)) {
        now = errorAt(transaction.state, effect.value);
      }
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function errorAt({ doc }: EditorState, number: number | null): DecorationSet {
  if (number === null || number > doc.lines) {
    return Decoration.none;
  }
  const line = doc.line(number);
  return Decoration.set([
    Decoration.line({ class: "run-error-line" }).range(line.from),
    Decoration.widget({ widget: new ErrorHere(), side: 1 }).range(line.to),
  ]);
}

/** CodeMirror as a field. Tab indents there; after Escape it leaves. */
export class CodeField implements Field {
  readonly element: HTMLElement;
  readonly input: HTMLElement;
  private readonly view: EditorView;
  private readonly changes = new Compartment();

  constructor(private readonly settings: FieldSettings) {
    const { name, hint, onChange } = settings;
    this.view = new EditorView({
      doc: settings.text,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        pythonLanguage,
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        colours,
        errorLine,
        this.changes.of([]),
        keymap.of([
          ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          class: "run-editor",
          tabindex: "0",
          "aria-label": name,
          "aria-describedby": hint,
          autocapitalize: "off",
        }),
        EditorView.updateListener.of(({ docChanged }) => docChanged && onChange()),
      ],
    });
    this.element = this.view.dom;
    this.input = this.view.contentDOM;
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  get selection(): [number, number] {
    const { from, to } = this.view.state.selection.main;
    return [from, to];
  }

  set selection([anchor, head]) {
    this.view.dispatch({ selection: { anchor, head } });
  }

  markError(line: number | null): void {
    this.view.dispatch({ effects: setError.of(line) });
  }

  showChanges(shown: boolean): void {
    const merge = unifiedMergeView({ original: `${this.settings.original}\n`, mergeControls: false });
    if (shown && !this.text.endsWith("\n")) {
      // Where the last line has no end, one below it would count as a change of it too.
      this.view.dispatch({
        changes: { from: this.text.length, insert: "\n" },
        annotations: Transaction.addToHistory.of(false),
      });
    }
    this.view.dispatch({ effects: this.changes.reconfigure(shown ? merge : []) });
  }
}

/** Python code in pieces, each with the class that colours it ("" for none). */
export function coloured(code: string): [text: string, className: string][] {
  const pieces: [string, string][] = [];
  let done = 0;
  paintPython(pythonLanguage.parser.parse(code), code, 0, code.length, (from, to, className) => {
    pieces.push([code.slice(done, from), ""], [code.slice(from, to), className]);
    done = to;
  });
  pieces.push([code.slice(done), ""]);
  return pieces.filter(([text]) => text !== "");
}

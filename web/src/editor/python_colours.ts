/** Names the parts of Python code as Pygments does, so that the theme colours an edit just as it colours a page. */
import type { syntaxTree } from "@codemirror/language";

export type Tree = ReturnType<typeof syntaxTree>;
type SyntaxNode = Tree["topNode"];
/** Told of a stretch of code and its class; plain text is not told. */
export type Paint = (from: number, to: number, className: string) => void;

const words = (text: string): Set<string> => new Set(text.split(" "));

const KEYWORDS = words(
  "as assert async await break case class continue def del elif else except finally for from global if import " +
    "lambda match nonlocal pass raise return try type while with yield",
);
const CONSTANTS = words("False None True");
const OPERATOR_WORDS = words("and in is not or");
const PUNCTUATION = words("( ) [ ] { } , : ;");
const PSEUDO_NAMES = words("Ellipsis NotImplemented cls self");
const BUILTINS = words(
  "__import__ abs aiter all any bin bool bytearray breakpoint bytes callable chr classmethod compile " +
    "complex delattr dict dir divmod enumerate eval filter float format frozendict frozenset getattr " +
    "globals hasattr hash hex id input int isinstance issubclass iter len list locals map max memoryview " +
    "min next object oct open ord pow print property range repr reversed round sentinel set setattr slice " +
    "sorted staticmethod str sum super tuple type vars zip",
);
const EXCEPTIONS = words(
  "ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning " +
    "DeprecationWarning EOFError EnvironmentError Exception FloatingPointError FutureWarning " +
    "GeneratorExit IOError ImportError ImportWarning IndentationError IndexError KeyError " +
    "KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError " +
    "PendingDeprecationWarning ReferenceError ResourceWarning RuntimeError RuntimeWarning StopIteration " +
    "SyntaxError SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError " +
    "UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning " +
    "ValueError VMSError Warning WindowsError ZeroDivisionError BlockingIOError ChildProcessError " +
    "ConnectionError BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError " +
    "FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError " +
    "PermissionError ProcessLookupError TimeoutError StopAsyncIteration ModuleNotFoundError " +
    "RecursionError EncodingWarning",
);
const OPERATOR = /^[-!=<>|^&%+*/~.:@]+$/;
const TRIPLE_QUOTES = /^[rRuUbB]{0,2}(?:"""|''')/;
const QUOTE = /["']/;
const LONGEST_WORD = 40; // characters; no name that is told from others is longer

/** Tells the classes of the code between two offsets. `text` is all of the code. */
export function paintPython(tree: Tree, text: string, from: number, to: number, paint: Paint): void {
  paintNode(tree.topNode, text, from, to, paint);
}

function paintNode(node: SyntaxNode, text: string, from: number, to: number, paint: Paint): void {
  const start = text.slice(node.from, Math.min(node.to, node.from + LONGEST_WORD));
  const className = classOf(node, start);
  let at = node.from;
  const quote = start.search(QUOTE);
  if (className === "s2" && quote > 0) {
    at += quote;
    paint(node.from, at, "sa");
  }
  for (let child = node.firstChild; child && at < to; child = child.nextSibling) {
    if (className && at < child.from) {
      paint(at, child.from, className);
    }
    at = child.to;
    if (at > from && child.from < to) {
      paintNode(child, text, from, to, paint);
    }
  }
  if (className && at < node.to) {
    paint(at, node.to, className);
  }
}

/** The class of what a node holds beside its children. */
function classOf(node: SyntaxNode, text: string): string {
  const { name } = node;
  const parent = node.parent?.name ?? "";
  switch (name) {
    case "Comment":
      return "c1";
    case "Number":
      return "mi";
    case "String":
    case "FormatString":
      return parent === "ExpressionStatement" && TRIPLE_QUOTES.test(text) ? "sd" : "s2";
    case "Escape":
      return "se";
    case "FormatSpec":
    case "FormatConversion":
    case "FormatSelfDoc":
      return "si";
    case "PropertyName":
      return "n";
    case "VariableName":
      return classOfName(node, parent, text);
    case "At":
      return "nd";
    case "TypeDef":
      return "o"; // an arrow
  }
  if (parent === "FormatReplacement" && (name === "{" || name === "}")) {
    return "si";
  }
  if (parent === "FormatSpec") {
    return "si";
  }
  if (name === "." && parent === "ImportStatement") {
    return "nn";
  }
  return node.firstChild ? "" : classOfWord(text);
}

function classOfWord(text: string): string {
  if (CONSTANTS.has(text)) {
    return "kc";
  }
  if (KEYWORDS.has(text)) {
    return "k";
  }
  if (OPERATOR_WORDS.has(text)) {
    return "ow";
  }
  if (PUNCTUATION.has(text)) {
    return "p";
  }
  return OPERATOR.test(text) ? "o" : "";
}

function classOfName(node: SyntaxNode, parent: string, text: string): string {
  switch (parent) {
    case "FunctionDefinition":
      return "nf";
    case "ClassDefinition":
      return "nc";
    case "Decorator":
      return node.prevSibling?.name === "At" ? "nd" : "n";
    case "ImportStatement":
      if (isModule(node)) {
        return "nn";
      }
  }
  if (PSEUDO_NAMES.has(text)) {
    return "bp";
  }
  if (EXCEPTIONS.has(text)) {
    return "ne";
  }
  return BUILTINS.has(text) ? "nb" : "n";
}

/** Whether a name in an import is that of a module: any in `import a.b`, those before `import` in `from a.b import c`. */
function isModule(node: SyntaxNode): boolean {
  const first = node.parent?.firstChild;
  return first?.name === "import" || node.nextSibling?.name === "." || node.nextSibling?.name === "import";
}

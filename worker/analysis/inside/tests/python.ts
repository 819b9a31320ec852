// Tests of Python: pytest and unittest.
import { everyNode, fieldOf, flat, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { type Assertion, type Remark, SEPARATOR, type TestCase, WHOLE_FILE } from "./model.ts";

const SKIP_MARK =
  /^@?(?:pytest\.mark\.(?:skip|skipif|xfail)|(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure))\b/;
const RETRY_MARK = /^@?(?:pytest\.mark\.flaky|flaky|(?:\w+\.)?retry|tenacity\.retry)\b/;
const SKIP_CALL = /^(?:pytest\.(?:skip|xfail|importorskip)|self\.skipTest)$/;
const EXIT = /^(?:sys\.exit|os\._exit|exit|quit|SystemExit)$/;
const OVERWRITTEN =
  /^(?:unittest\.TestCase\.assert\w*|TestCase\.assert\w*|pytest\.raises|_pytest\..*|self\.assert\w+)$/;
const ENDS = /\b(?:raise|assert\w*|fail|pytest\.fail)\b/;

type Read = Pick<Assertion, "subject" | "matcher" | "expected" | "isNegated">;

function readAssert(node: Syntax): Read {
  const [condition] = named(node);
  if (!condition) return { subject: "", matcher: "truth", expected: "", isNegated: false };
  if (condition.type === "not_operator") {
    const inner = named(condition)[0];
    return { subject: inner ? shortText(inner) : "", matcher: "truth", expected: "", isNegated: true };
  }
  if (condition.type !== "comparison_operator")
    return { subject: shortText(condition), matcher: "truth", expected: "", isNegated: false };
  const [left, right] = named(condition);
  const operator = condition.children
    .filter(({ isNamed }) => !isNamed)
    .map(textIn)
    .join(" ");
  const isNegated = /^(?:not in|is not)$/.test(operator);
  const matcher = operator === "is" ? "==" : operator;
  return {
    subject: left ? shortText(left) : "",
    matcher,
    expected: right ? shortText(right) : "",
    isNegated,
  };
}

function readCall(node: Syntax): Read | null {
  const callee = fieldOf(node, "function");
  const name = callee ? textIn(callee) : "";
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (!/^(?:assert|assert_|assert[A-Z_]\w*|raises|fail|warns)$/.test(last) && !/^assert/.test(last))
    return null;
  if (last === "raises" && !/^pytest\./.test(name)) return null;
  if (last === "fail") return null;
  const list = fieldOf(node, "arguments");
  const given = (list ? named(list) : []).map(shortText);
  const isMock = /\.assert_(?:called|any|has|not|awaited)/.test(`.${last}`);
  const subject = isMock ? name.slice(0, Math.max(0, name.lastIndexOf("."))) : (given[0] ?? "");
  const expected = given.slice(isMock ? 0 : 1).join(", ");
  return { subject, matcher: last, expected, isNegated: false };
}

interface Stand {
  readonly isSwallowed: boolean;
  readonly isConditional: boolean;
  readonly isUnreachable: boolean;
}

/** `except: pass` around it, or `with suppress(...)`. */
function forgets(node: Syntax): boolean {
  if (node.type === "try_statement")
    return node.children.some(
      ({ type, ...rest }) => type === "except_clause" && !ENDS.test(textIn({ type, ...rest })),
    );
  return node.type === "with_statement" && /^with\s+(?:contextlib\.)?suppress\b/.test(textIn(node));
}

function standBelow(node: Syntax, child: Syntax, stand: Stand): Stand {
  if (forgets(node) && (child.field === "body" || node.type === "with_statement"))
    return { ...stand, isSwallowed: true };
  if (node.type === "if_statement" && child.field === "consequence") {
    const condition = fieldOf(node, "condition");
    const isDead = condition !== null && /^\(?(?:False|0|None)\)?$/.test(textIn(condition));
    return { ...stand, isConditional: true, isUnreachable: stand.isUnreachable || isDead };
  }
  if (node.type === "block") {
    const end = node.children.find(({ type }) => type === "return_statement" || type === "raise_statement");
    if (end && child.start >= end.end) return { ...stand, isUnreachable: true };
  }
  return stand;
}

function assertionsIn(body: Syntax): Assertion[] {
  const found: Assertion[] = [];
  const visit = (node: Syntax, stand: Stand): void => {
    const read =
      node.type === "assert_statement" ? readAssert(node) : node.type === "call" ? readCall(node) : null;
    if (read) found.push({ ...read, ...stand, text: shortText(node), line: node.line });
    for (const child of node.children) visit(child, standBelow(node, child, stand));
  };
  visit(body, { isSwallowed: false, isConditional: false, isUnreachable: false });
  return found;
}

function skipInside(body: Syntax): string | null {
  for (const node of everyNode(body)) {
    const callee = node.type === "call" ? fieldOf(node, "function") : null;
    if (callee && SKIP_CALL.test(textIn(callee))) return shortText(node).slice(0, 80);
    if (node.type === "raise_statement" && /\bSkipTest\b/.test(textIn(node))) return "raise SkipTest";
  }
  return null;
}

function remarksOf(node: Syntax): Remark[] {
  const { line } = node;
  const text = shortText(node).slice(0, 300);
  const callee = node.type === "call" ? fieldOf(node, "function") : null;
  if (callee && EXIT.test(textIn(callee))) {
    const list = fieldOf(node, "arguments");
    const given = (list ? named(list) : []).map(textIn);
    return given.every((one) => ["0", "None", "False"].includes(one))
      ? [{ rule: "exit_swallowed", text, line }]
      : [];
  }
  const left = node.type === "assignment" ? fieldOf(node, "left") : null;
  return left?.type === "attribute" && OVERWRITTEN.test(textIn(left))
    ? [{ rule: "library_overwritten", text, line }]
    : [];
}

const isTestName = (name: string): boolean => /^test/i.test(name);

export function readPython(root: Syntax): { cases: TestCase[]; remarks: Remark[] } {
  const cases: TestCase[] = [];
  const remarks: Remark[] = [];
  const add = (node: Syntax, kind: TestCase["kind"], names: readonly string[], marks: readonly Syntax[]) => {
    const skipMark = marks.find((mark) => SKIP_MARK.test(textIn(mark)));
    const body = fieldOf(node, "body");
    for (const mark of marks)
      if (RETRY_MARK.test(textIn(mark)))
        remarks.push({ rule: "retries_added", text: shortText(mark).slice(0, 300), line: mark.line });
    cases.push({
      ...{ name: names.join(SEPARATOR), kind, line: node.line, endLine: node.endLine, focused: null },
      skipped: skipMark
        ? flat(textIn(skipMark)).slice(0, 80)
        : kind === "test" && body
          ? skipInside(body)
          : null,
      assertions: kind === "test" && body ? assertionsIn(body) : [],
      body: kind === "test" && body ? shortText(body) : "",
    });
  };
  const visit = (node: Syntax, names: readonly string[], marks: readonly Syntax[]): void => {
    remarks.push(...remarksOf(node));
    if (node.type === "decorated_definition") {
      const own = node.children.filter(({ type }) => type === "decorator");
      for (const child of node.children) visit(child, names, own);
      return;
    }
    const title = fieldOf(node, "name");
    const below =
      title && /^(?:class|function)_definition$/.test(node.type) ? [...names, textIn(title)] : names;
    if (title && node.type === "class_definition") add(node, "suite", below, marks);
    if (title && node.type === "function_definition" && isTestName(textIn(title)))
      add(node, "test", below, marks);
    if (node.type === "assignment" && /^pytestmark\s*=.*mark\.(?:skip|xfail)/s.test(textIn(node)))
      cases.push({
        ...{ name: WHOLE_FILE, kind: "suite", line: node.line, endLine: node.endLine, focused: null },
        ...{ skipped: shortText(node).slice(0, 80), assertions: [], body: "" },
      });
    for (const child of node.children) visit(child, below, []);
  };
  visit(root, [], []);
  return { cases, remarks };
}

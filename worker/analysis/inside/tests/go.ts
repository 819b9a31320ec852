// Tests of Go: the standard library's, and testify.
import { everyNode, fieldOf, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { type Assertion, type Remark, SEPARATOR, type TestCase, WHOLE_FILE } from "./model.ts";

const FAILS = /^(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)$/;
const ENDS_EARLY = new Set(["return_statement"]);

const calleeOf = (node: Syntax): { readonly on: string; readonly name: string } | null => {
  const callee = node.type === "call_expression" ? fieldOf(node, "function") : null;
  if (callee?.type !== "selector_expression") return null;
  const [on, name] = [fieldOf(callee, "operand"), fieldOf(callee, "field")];
  return on && name ? { on: textIn(on), name: textIn(name) } : null;
};

const givenTo = (node: Syntax): string[] => {
  const list = fieldOf(node, "arguments");
  return list ? named(list).map(shortText) : [];
};

function readCall(
  node: Syntax,
  condition: string | null,
): Omit<Assertion, "text" | "line" | "isUnreachable"> | null {
  const callee = calleeOf(node);
  if (!callee) return null;
  const plain = { isNegated: false, isSwallowed: false, isConditional: false };
  if (/^[tb]$|^tb$/.test(callee.on) && FAILS.test(callee.name))
    return { subject: condition ?? "", matcher: "fails", expected: "", ...plain };
  if (/^(?:assert|require|is|qt|cmp)$/.test(callee.on)) {
    const [first = "", ...rest] = givenTo(node);
    const given = /^[tb]$|^tb$/.test(first) ? rest : [first, ...rest];
    // testify names what is expected first.
    const isPair = /^(?:Equal|EqualValues|Exactly|Same|NotEqual|JSONEq|ElementsMatch)$/.test(callee.name);
    const [subject = "", expected = ""] = isPair
      ? [given[1] ?? "", given[0] ?? ""]
      : [given[0] ?? "", given[1] ?? ""];
    return { subject, matcher: callee.name, expected, ...plain };
  }
  return null;
}

function assertionsIn(body: Syntax): Assertion[] {
  const found: Assertion[] = [];
  const visit = (node: Syntax, condition: string | null, isUnreachable: boolean): void => {
    if (node !== body && calleeOf(node)?.name === "Run") return; // a test of its own
    const read = readCall(node, condition);
    // Of t.Errorf the message is no part: what is asked is the condition around it.
    if (read) {
      const text = read.matcher === "fails" ? `if ${read.subject} { fails }` : shortText(node);
      found.push({ ...read, isUnreachable, text, line: node.line });
    }
    const end =
      node.type === "block" || node.type === "statement_list"
        ? node.children.find(({ type }) => ENDS_EARLY.has(type))
        : undefined;
    for (const child of node.children) {
      const isBehind = end !== undefined && child.start >= end.end;
      if (node.type !== "if_statement" || child.field !== "consequence")
        visit(child, condition, isUnreachable || isBehind);
      else {
        const own = fieldOf(node, "condition");
        const words = own ? shortText(own) : "";
        visit(child, words, isUnreachable || /^(?:false|!true)\b/.test(words));
      }
    }
  };
  visit(body, null, false);
  return found;
}

function skipInside(body: Syntax): string | null {
  for (const node of everyNode(body)) {
    const callee = calleeOf(node);
    if (callee && /^(?:[tb]|tb)$/.test(callee.on) && /^Skip(?:f|Now)?$/.test(callee.name))
      return shortText(node).slice(0, 80);
  }
  return null;
}

function remarksOf(node: Syntax): Remark[] {
  const callee = calleeOf(node);
  const isExit = callee?.on === "os" && callee.name === "Exit" && givenTo(node)[0] === "0";
  return isExit ? [{ rule: "exit_swallowed", text: shortText(node), line: node.line }] : [];
}

export function readGo(root: Syntax): { cases: TestCase[]; remarks: Remark[] } {
  const cases: TestCase[] = [];
  const remarks: Remark[] = [];
  const add = (node: Syntax, names: readonly string[], body: Syntax) =>
    cases.push({
      ...{ name: names.join(SEPARATOR), kind: "test", line: node.line, endLine: node.endLine, focused: null },
      ...{ skipped: skipInside(body), assertions: assertionsIn(body), body: shortText(body) },
    });
  const visit = (node: Syntax, names: readonly string[]): void => {
    remarks.push(...remarksOf(node));
    let own = names;
    const title = node.type === "function_declaration" ? fieldOf(node, "name") : null;
    const body = title ? fieldOf(node, "body") : null;
    if (title && body && /^(?:Test|Benchmark|Example|Fuzz)/.test(textIn(title))) {
      own = [textIn(title)];
      add(node, own, body);
    }
    const callee = calleeOf(node);
    if (callee?.name === "Run" && names.length > 0) {
      own = [...names, (givenTo(node)[0] ?? "").replaceAll(/^"|"$/g, "")];
      add(node, own, node);
    }
    for (const child of node.children) visit(child, own);
  };
  const ignored = root.children.find(
    (node) =>
      node.type === "comment" && /^\/\/(?:go:build|\s*\+build)\s.*\b(?:ignore|never)\b/.test(textIn(node)),
  );
  if (ignored)
    cases.push({
      ...{ name: WHOLE_FILE, kind: "suite", line: ignored.line, endLine: ignored.endLine, focused: null },
      ...{ skipped: textIn(ignored), assertions: [], body: "" },
    });
  visit(root, []);
  return { cases, remarks };
}

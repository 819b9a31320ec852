// Tests of Java: JUnit 4 and 5, TestNG, AssertJ, Hamcrest, Mockito.
import { fieldOf, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { type Assertion, type Remark, SEPARATOR, type TestCase } from "./model.ts";

const TEST = /^@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|Theory)\b/;
const SKIP = /^@(?:Disabled\w*|Ignore|EnabledIf\w*|EnabledOn\w*)\b|enabled\s*=\s*false/;
const RETRY = /^@(?:RetryingTest|RepeatedIfExceptionsTest|Retry|RetryTest|Flaky)\b|retryAnalyzer\s*=/;
const ENDS = /\b(?:throw|assert\w*|fail)\b/;

interface Stand {
  readonly isSwallowed: boolean;
  readonly isConditional: boolean;
  readonly isUnreachable: boolean;
}

const nameOf = (node: Syntax): string => {
  const name = fieldOf(node, "name");
  return name ? textIn(name) : "";
};
const givenTo = (node: Syntax): string[] => {
  const list = fieldOf(node, "arguments");
  return list ? named(list).map(shortText) : [];
};

/** The `assertThat(…)` that a chain of calls begins with. */
function rootOf(node: Syntax): Syntax {
  const object = fieldOf(node, "object");
  return object?.type === "method_invocation" ? rootOf(object) : node;
}

function readCall(node: Syntax): Pick<Assertion, "subject" | "matcher" | "expected" | "isNegated"> | null {
  const root = rootOf(node);
  const name = nameOf(root);
  if (!/^(?:assert|verify|then$|expect)/i.test(name)) return null;
  const given = givenTo(root);
  if (root !== node)
    return {
      subject: given[0] ?? "",
      matcher: nameOf(node),
      expected: givenTo(node).join(", "),
      isNegated: false,
    };
  // JUnit names what is expected first.
  const isPair = /^assert(?:Equals|NotEquals|Same|NotSame|ArrayEquals|IterableEquals|LinesMatch)$/.test(name);
  const [subject = "", expected = ""] = isPair ? [given[1], given[0]] : [given[0], given.slice(1).join(", ")];
  return { subject, matcher: name, expected, isNegated: false };
}

function standBelow(node: Syntax, child: Syntax, stand: Stand): Stand {
  if (/^try_/.test(node.type) && child.field === "body") {
    const catches = node.children.filter(({ type }) => type === "catch_clause");
    if (catches.some((one) => !ENDS.test(textIn(one)))) return { ...stand, isSwallowed: true };
  }
  if (node.type === "if_statement" && child.field === "consequence") {
    const condition = fieldOf(node, "condition");
    const isDead = condition !== null && /^\(\s*false\s*\)$/.test(textIn(condition));
    return { ...stand, isConditional: true, isUnreachable: stand.isUnreachable || isDead };
  }
  const end =
    node.type === "block" ? node.children.find(({ type }) => type === "return_statement") : undefined;
  return end && child.start >= end.end ? { ...stand, isUnreachable: true } : stand;
}

function assertionsIn(body: Syntax): Assertion[] {
  const found: Assertion[] = [];
  const visit = (node: Syntax, stand: Stand): void => {
    const read = node.type === "method_invocation" ? readCall(node) : null;
    if (read) {
      found.push({ ...read, ...stand, text: shortText(node), line: node.line });
      return;
    }
    for (const child of node.children) visit(child, standBelow(node, child, stand));
  };
  visit(body, { isSwallowed: false, isConditional: false, isUnreachable: false });
  return found;
}

function marksOf(node: Syntax): Syntax[] {
  const modifiers = node.children.find(({ type }) => type === "modifiers");
  return modifiers ? modifiers.children.filter(({ type }) => /annotation$/.test(type)) : [];
}

export function readJava(root: Syntax): { cases: TestCase[]; remarks: Remark[] } {
  const cases: TestCase[] = [];
  const remarks: Remark[] = [];
  const visit = (node: Syntax, names: readonly string[]): void => {
    const marks = marksOf(node);
    const isClass = node.type === "class_declaration";
    const isTest =
      node.type === "method_declaration" &&
      marks.some((mark) => TEST.test(textIn(mark)) || RETRY.test(textIn(mark)));
    const own = isClass || isTest ? [...names, nameOf(node)] : names;
    const retry = marks.find((mark) => RETRY.test(textIn(mark)));
    if (retry)
      remarks.push({ rule: "retries_added", text: shortText(retry).slice(0, 300), line: retry.line });
    if (isClass || isTest) {
      const skip = marks.find((mark) => SKIP.test(textIn(mark)));
      const body = isTest ? fieldOf(node, "body") : null;
      cases.push({
        ...{
          name: own.join(SEPARATOR),
          kind: isTest ? "test" : "suite",
          line: node.line,
          endLine: node.endLine,
        },
        ...{ skipped: skip ? shortText(skip).slice(0, 80) : null, focused: null },
        assertions: body ? assertionsIn(body) : [],
        body: body ? shortText(body) : "",
      });
    }
    if (node.type === "method_invocation" && /^System\.exit\(\s*0\s*\)$/.test(textIn(node)))
      remarks.push({ rule: "exit_swallowed", text: textIn(node), line: node.line });
    for (const child of node.children) visit(child, own);
  };
  visit(root, []);
  return { cases, remarks };
}

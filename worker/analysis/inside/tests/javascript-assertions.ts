// Assertions in the body of a JavaScript test, and what may keep them from failing it.
import { everyNode, fieldOf, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { chainOf } from "./chains.ts";
import type { Assertion } from "./model.ts";

const CHAI = new Set(["should", "expect"]);
const TAP = new Set([
  ...[
    "equal",
    "equals",
    "is",
    "same",
    "deepEqual",
    "strictEqual",
    "deepStrictEqual",
    "ok",
    "notOk",
    "truthy",
  ],
  ...[
    "falsy",
    "true",
    "false",
    "not",
    "notEqual",
    "throws",
    "throwsAsync",
    "rejects",
    "match",
    "like",
    "snapshot",
  ],
]);
const FUNCTION = /^(?:arrow_function|function_expression|function|function_declaration|generator_function)$/;

interface Stand {
  readonly isSwallowed: boolean;
  readonly isConditional: boolean;
  readonly isUnreachable: boolean;
}

const argumentsOf = (call: Syntax): Syntax[] => {
  const list = fieldOf(call, "arguments");
  return list ? named(list).filter(({ type }) => type !== "comment") : [];
};

/** The `expect(…)` that a chain of calls begins with. */
function rootCall(node: Syntax): Syntax | null {
  const callee = fieldOf(node, "function");
  if (node.type === "call_expression" && callee) {
    const name = textIn(callee);
    return /^expect(?:\.(?:soft|poll))?$/.test(name) ? node : rootCall(callee);
  }
  const object = fieldOf(node, "object") ?? (node.type === "await_expression" ? named(node)[0] : undefined);
  return object ? rootCall(object) : null;
}

type Read = Pick<Assertion, "subject" | "matcher" | "expected" | "isNegated">;

function readCall(call: Syntax): Read | null {
  const callee = fieldOf(call, "function");
  const chain = callee ? chainOf(callee) : null;
  const given = argumentsOf(call).map(shortText);
  const rest = (from: number): string => given.slice(from).join(", ");
  const root = callee ? rootCall(callee) : null;
  if (root && chain) {
    const subject = argumentsOf(root).map(shortText).join(", ");
    const isNegated = chain.includes("not");
    return { subject, matcher: chain.at(-1) ?? "", expected: rest(0), isNegated };
  }
  if (!chain) return null;
  const last = chain.at(-1) ?? "";
  const [first = ""] = chain;
  if (CHAI.has(last) && chain.length > 1 && callee)
    return { subject: shortText(callee), matcher: last, expected: rest(0), isNegated: false };
  // fast-check holds assertions of its own; expect.any(…) and expect.assertions(…) are none.
  if (first === "fc" || first === "expect") return null;
  const isAssert = chain.includes("assert") || (chain.length === 2 && first === "t" && TAP.has(last));
  const isOwn = chain.length === 1 && /^(?:expect|assert|verify|should|check)[A-Z_]/.test(first);
  const isShould = chain.includes("should");
  if (isShould && callee)
    return { subject: first, matcher: last, expected: rest(0), isNegated: chain.includes("not") };
  if (!isAssert && !isOwn) return null;
  return { subject: given[0] ?? "", matcher: last, expected: rest(1), isNegated: false };
}

const ENDS = /\b(?:throw|expect|assert|fail|reject|done|rethrow)\b/;

/** A catch that neither throws again nor looks at the error. */
function forgets(tryStatement: Syntax): boolean {
  const handler = fieldOf(tryStatement, "handler");
  return handler !== null && !ENDS.test(textIn(handler));
}

const isNever = (condition: Syntax | null): boolean =>
  condition !== null && /^\(?\s*(?:false|0|null|undefined|""|'')\s*\)?$/.test(textIn(condition));

/** The statement after which nothing of its block is reached. */
const endOf = (block: Syntax): number =>
  block.children.find(({ type }) => type === "return_statement" || type === "throw_statement")?.end ??
  Number.POSITIVE_INFINITY;

function standBelow(node: Syntax, child: Syntax, stand: Stand): Stand {
  if (node.type === "try_statement" && child.field === "body" && forgets(node))
    return { ...stand, isSwallowed: true };
  if (node.type === "if_statement" && child.field !== "condition") {
    const isDead = child.field === "consequence" && isNever(fieldOf(node, "condition"));
    return { ...stand, isConditional: true, isUnreachable: stand.isUnreachable || isDead };
  }
  if (node.type === "ternary_expression" && child.field !== "condition")
    return { ...stand, isConditional: true };
  if (node.type === "binary_expression" && child.field === "right") {
    const operator = fieldOf(node, "operator");
    if (operator && ["&&", "||", "??"].includes(textIn(operator))) {
      const isDead = textIn(operator) === "&&" && isNever(fieldOf(node, "left"));
      return { ...stand, isConditional: true, isUnreachable: stand.isUnreachable || isDead };
    }
  }
  if (node.type === "statement_block" && child.start >= endOf(node)) return { ...stand, isUnreachable: true };
  return stand;
}

/** `promise.catch(() => {})` around an assertion forgets it as a try does. */
function isForgottenPromise(call: Syntax): boolean {
  const callee = fieldOf(call, "function");
  const property = callee?.type === "member_expression" ? fieldOf(callee, "property") : null;
  if (!property || textIn(property) !== "catch") return false;
  const [handler] = argumentsOf(call);
  return handler !== undefined && FUNCTION.test(handler.type) && !ENDS.test(textIn(handler));
}

/** `t.test("name", …)` inside of another test has assertions of its own. */
function isInnerTest(call: Syntax): boolean {
  const callee = fieldOf(call, "function");
  const last = (callee ? chainOf(callee) : null)?.at(-1) ?? "";
  return /^(?:test|it)$/.test(last) && argumentsOf(call).some(({ type }) => FUNCTION.test(type));
}

export function assertionsIn(body: Syntax): Assertion[] {
  const found: Assertion[] = [];
  const visit = (node: Syntax, stand: Stand): void => {
    let own = stand;
    if (node.type === "call_expression") {
      if (isInnerTest(node)) return;
      if (isForgottenPromise(node)) own = { ...stand, isSwallowed: true };
      const read = readCall(node);
      if (read) {
        found.push({ ...read, ...own, text: shortText(node), line: node.line });
        // The rest of the chain is part of it; what is asked of its arguments is not.
        for (const argument of [...chainArguments(node)]) visit(argument, own);
        return;
      }
    }
    for (const child of node.children) visit(child, standBelow(node, child, own));
  };
  visit(body, { isSwallowed: false, isConditional: false, isUnreachable: false });
  return found;
}

/** Functions among the arguments of all calls of a chain. */
function* chainArguments(call: Syntax): Generator<Syntax> {
  for (const node of everyNode(call)) {
    if (node !== call && FUNCTION.test(node.type)) {
      yield node;
      return;
    }
  }
}

// Tests of JavaScript and TypeScript: node:test, Jest, Vitest, Mocha, Jasmine, AVA, tap, Playwright.
import { everyNode, fieldOf, flat, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { chainOf } from "./chains.ts";
import { assertionsIn } from "./javascript-assertions.ts";
import { remarkOf } from "./javascript-remarks.ts";
import { type Remark, SEPARATOR, type TestCase } from "./model.ts";

const SUITES = new Set(["describe", "suite", "context", "fdescribe", "xdescribe", "xcontext"]);
const TESTS = new Set(["test", "it", "specify", "fit", "xit", "xtest", "xspecify", "bench"]);
const SKIPS = new Set(["skip", "skipIf", "todo", "fixme", "failing", "fails", "runIf"]);
const FOCUSES = new Set(["only"]);
/** Playwright's own, beside its tests: what is asserted in a step is its test's. */
const BESIDE = new Set([
  "beforeAll",
  "afterAll",
  "beforeEach",
  "afterEach",
  "step",
  "use",
  "extend",
  "setTimeout",
  "slow",
]);
const FUNCTIONS = new Set(["arrow_function", "function_expression", "function", "generator_function"]);

interface Declared {
  readonly kind: "test" | "suite";
  readonly name: string;
  readonly words: readonly string[];
  readonly body: Syntax | null;
  readonly options: Syntax | null;
}

const isText = ({ type }: Syntax): boolean => type === "string" || type === "template_string";

/** `test("name", options?, function)`, in all its spellings. */
function declared(call: Syntax): Declared | null {
  const [callee, list] = [fieldOf(call, "function"), fieldOf(call, "arguments")];
  const chain = callee ? chainOf(callee) : null;
  if (!chain || list?.type !== "arguments") return null;
  if (chain.slice(1).some((word) => BESIDE.has(word)) && !chain.some((word) => SKIPS.has(word))) return null;
  const given = named(list).filter(({ type }) => type !== "comment");
  const body = given.findLast(({ type }) => FUNCTIONS.has(type)) ?? null;
  const [first = ""] = chain;
  const isInner = chain.length > 1 && TESTS.has(chain.at(-1) ?? "") && !TESTS.has(first) && body !== null;
  const isSuite = SUITES.has(first) || (TESTS.has(first) && chain.some((word) => SUITES.has(word)));
  if (!isSuite && !TESTS.has(first) && !isInner) return null;
  const [title] = given;
  const isNamed = title !== undefined && (isText(title) || title.type === "binary_expression");
  const isWithout = isNamed && given.length === 1 && (chain.includes("todo") || isSuite === false);
  if (!title || (body === null && !isWithout && !(isNamed && given.length > 1 && chain.length === 1)))
    return null;
  if (!isNamed && body === null) return null;
  const options = given.find(({ type }) => type === "object") ?? null;
  const name = isNamed ? flat(textIn(title).slice(1, -1)) : title === body ? "" : shortText(title);
  return { kind: isSuite ? "suite" : "test", name, words: chain, body, options };
}

/** `{ skip: true }`, but not `{ skip: false }`. */
function optionsWord(options: Syntax | null, names: readonly string[]): string | null {
  for (const pair of options ? named(options) : []) {
    const [key, value] = [fieldOf(pair, "key"), fieldOf(pair, "value")];
    if (!key || !value || !names.includes(textIn(key).replaceAll(/["']/g, ""))) continue;
    if (!["false", "undefined", "null", "0"].includes(textIn(value))) return shortText(pair);
  }
  return null;
}

function skipWord({ words, options }: Declared): string | null {
  const [first = ""] = words;
  if (/^x(?:it|test|describe|context|specify)$/.test(first)) return first;
  const word = words.slice(1).find((one) => SKIPS.has(one));
  return word ? words.slice(0, words.indexOf(word) + 1).join(".") : optionsWord(options, ["skip", "todo"]);
}

function focusWord({ words, options }: Declared): string | null {
  const [first = ""] = words;
  if (/^f(?:it|describe)$/.test(first)) return first;
  const word = words.slice(1).find((one) => FOCUSES.has(one));
  return word ? words.slice(0, words.indexOf(word) + 1).join(".") : optionsWord(options, ["only"]);
}

/** `this.skip()`, `t.skip()`, `pending()` in the body of a test. */
function skipInside(body: Syntax): string | null {
  for (const node of everyNode(body)) {
    if (node.type !== "call_expression") continue;
    const callee = fieldOf(node, "function");
    const chain = callee ? chainOf(callee) : null;
    if (!chain || declared(node)) continue;
    const last = chain.at(-1) ?? "";
    const isSkip = chain.length === 2 && ["skip", "todo", "fixme", "fail"].includes(last);
    const on = ["this", "t", "test", "it", "ctx", "context", "testInfo"];
    if (isSkip && on.includes(chain[0] ?? "") && last !== "fail") return shortText(node).slice(0, 80);
    if (chain.length === 1 && chain[0] === "pending") return "pending()";
  }
  return null;
}

export function readJavascript(root: Syntax): { cases: TestCase[]; remarks: Remark[] } {
  const cases: TestCase[] = [];
  const remarks: Remark[] = [];
  const visit = (node: Syntax, names: readonly string[]): void => {
    const remark = remarkOf(node);
    if (remark) remarks.push(remark);
    const found = node.type === "call_expression" ? declared(node) : null;
    if (!found) {
      for (const child of node.children) visit(child, names);
      return;
    }
    const own = [...names, found.name];
    const { kind, body } = found;
    const isTest = kind === "test";
    const retried = optionsWord(found.options, ["retry", "retries"]);
    if (retried) remarks.push({ rule: "retries_added", text: retried, line: node.line });
    cases.push({
      ...{ name: own.join(SEPARATOR), kind, line: node.line, endLine: node.endLine },
      skipped: skipWord(found) ?? (isTest && body ? skipInside(body) : null),
      focused: focusWord(found),
      assertions: isTest && body ? assertionsIn(body) : [],
      body: isTest && body ? shortText(body) : "",
    });
    for (const child of node.children) visit(child, own);
  };
  visit(root, []);
  return { cases, remarks };
}

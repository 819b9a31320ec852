// What stands in a test file and is about no single test.
import { fieldOf, named, type Syntax, shortText, textIn } from "../trees/parse.ts";
import { chainOf } from "./chains.ts";
import type { Remark } from "./model.ts";

const EXITS_WELL = /^(?:process\.exit|Deno\.exit)$/;
const RETRIES = /^(?:jest\.retryTimes|(?:this|test|it|describe|mocha)\.retries)$/;
const LIBRARIES = /^(?:assert|expect|chai|should|Assertion)$/;

const isNothing = (value: Syntax): boolean => ["0", "false", "undefined", "null"].includes(textIn(value));

function callRemark(node: Syntax): Omit<Remark, "line"> | null {
  const callee = fieldOf(node, "function");
  const chain = callee ? chainOf(callee) : null;
  const list = fieldOf(node, "arguments");
  if (!chain || !list) return null;
  const name = chain.join(".");
  const given = named(list);
  const text = shortText(node).slice(0, 300);
  if (EXITS_WELL.test(name) && (given.length === 0 || given.every(isNothing)))
    return { rule: "exit_swallowed", text };
  if (name.endsWith("describe.configure") && /\bretries\s*:\s*[1-9]/.test(text))
    return { rule: "retries_added", text };
  if (RETRIES.test(name) && !given.every(isNothing)) return { rule: "retries_added", text };
  const [target] = given;
  const isDefined = /^(?:Object\.(?:defineProperty|defineProperties|assign)|Reflect\.set)$/.test(name);
  const onto = isDefined && target ? chainOf(target) : null;
  if (onto && LIBRARIES.test(onto[0] ?? "")) return { rule: "library_overwritten", text };
  return name.endsWith("syncBuiltinESMExports") ? { rule: "library_overwritten", text } : null;
}

/** One remark at most: a node is one thing. */
export function remarkOf(node: Syntax): Remark | null {
  const { line } = node;
  if (node.type === "call_expression") {
    const remark = callRemark(node);
    return remark && { ...remark, line };
  }
  if (node.type === "assignment_expression") {
    const [left, right] = [fieldOf(node, "left"), fieldOf(node, "right")];
    const chain = left?.type === "member_expression" ? chainOf(left) : null;
    const text = shortText(node).slice(0, 300);
    if (chain?.join(".") === "process.exitCode" && right && isNothing(right))
      return { rule: "exit_swallowed", text, line };
    const isOwn = chain !== null && chain.length > 1 && LIBRARIES.test(chain[0] ?? "");
    return isOwn ? { rule: "library_overwritten", text, line } : null;
  }
  return null;
}

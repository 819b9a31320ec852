// Names that calls of JavaScript go by.
import { fieldOf, named, type Syntax, textIn } from "../trees/parse.ts";

/** `test.concurrent.each(rows)` → ["test", "concurrent", "each"]; null where it does not begin with a name. */
export function chainOf(node: Syntax): string[] | null {
  if (node.type === "identifier" || node.type === "this") return [textIn(node)];
  if (node.type === "call_expression" || node.type === "non_null_expression") {
    const inner = fieldOf(node, "function") ?? named(node)[0];
    return inner ? chainOf(inner) : null;
  }
  if (node.type === "await_expression" || node.type === "parenthesized_expression") {
    const [inner] = named(node);
    return inner ? chainOf(inner) : null;
  }
  if (node.type !== "member_expression") return null;
  const [object, property] = [fieldOf(node, "object"), fieldOf(node, "property")];
  const before = object ? chainOf(object) : null;
  return before && property ? [...before, textIn(property)] : null;
}

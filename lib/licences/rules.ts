// SPDX licence expressions (spdx.dev, annex D of the specification 2.3) against a list of licences. What is no expression is
// unknown, and so is a licence that only names a file; neither is ever guessed.
import type { LicenceVerdict } from "./schema.ts";

export type Expression =
  | { readonly kind: "licence"; readonly id: string; readonly exception: string | null }
  | { readonly kind: "and" | "or"; readonly parts: readonly [Expression, Expression] };

const LONGEST = 300;
const ID = /^[A-Za-z0-9][A-Za-z0-9.:-]*\+?$/;

/** Null for what is no SPDX expression. AND binds more than OR. */
export function parseExpression(text: string): Expression | null {
  if (text.length > LONGEST) return null;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const takes = (word: string): boolean => {
    const isNext = tokens[at]?.toUpperCase() === word;
    if (isNext) at += 1;
    return isNext;
  };
  const simple = (): Expression | null => {
    if (takes("(")) {
      const inner = either();
      return inner && takes(")") ? inner : null;
    }
    const id = tokens[at++] ?? "";
    if (!ID.test(id) || /^(?:AND|OR|WITH)$/i.test(id)) return null;
    const exception = takes("WITH") ? (tokens[at++] ?? "") : null;
    return exception === null || ID.test(exception) ? { kind: "licence", id, exception } : null;
  };
  const chained = (word: "and" | "or", next: () => Expression | null): Expression | null => {
    let left = next();
    while (left && takes(word.toUpperCase())) {
      const right = next();
      left = right && { kind: word, parts: [left, right] };
    }
    return left;
  };
  const both = (): Expression | null => chained("and", simple);
  const either = (): Expression | null => chained("or", both);
  const found = either();
  return at === tokens.length ? found : null;
}

const nameOf = (id: string, exception: string | null): string =>
  (exception === null ? id : `${id} WITH ${exception}`).toLowerCase();

/** Which may be chosen by OR, and must all be kept by AND. `GPL-2.0+` is GPL-2.0 or later, and is named so. */
function isAllowed(expression: Expression, allowed: ReadonlySet<string>): boolean {
  if (expression.kind !== "licence") {
    const [left, right] = expression.parts.map((part) => isAllowed(part, allowed));
    return expression.kind === "and" ? left === true && right === true : left === true || right === true;
  }
  const name = nameOf(expression.id, expression.exception);
  return allowed.has(name) || allowed.has(name.replace(/\+$/, "-or-later"));
}

/** Words that packages put where a licence would be, and that name none. */
const NAMES_NONE =
  /^(?:unlicensed|unknown|none|noassertion|custom|proprietary|see license.*|licenseref-.*)$/i;

/** `allowed` empty: the charter allows every licence, also one that is not known. */
export function judgeLicence(licence: string | null, allowed: readonly string[]): LicenceVerdict {
  if (allowed.length === 0) return "allowed";
  const expression = licence === null || NAMES_NONE.test(licence.trim()) ? null : parseExpression(licence);
  if (expression === null) return "unknown";
  return isAllowed(expression, new Set(allowed.map((name) => name.toLowerCase().replaceAll(/\s+/g, " "))))
    ? "allowed"
    : "outside";
}

// The assertions of one test, then and now: those that stay to the letter are put aside, and what is left is matched by
// what it looks at.
import type { TestRule, TestSighting } from "#lib/test-integrity/schema.ts";
import type { Assertion } from "./model.ts";
import { type Place, sighting } from "./sightings.ts";
import { isLiteral, strengthOf, WILDCARD } from "./strength.ts";

/** Takes out of `list` the first that fits. */
function take(list: Assertion[], fits: (one: Assertion) => boolean): Assertion | null {
  const at = list.findIndex(fits);
  return at < 0 ? null : (list.splice(at, 1)[0] ?? null);
}

const SNAPSHOT = /snapshot/i;

/** What one assertion became; null where it asks for as much as before. */
function judged(was: Assertion, is: Assertion): TestRule | null {
  const isSame = was.matcher === is.matcher && was.isNegated === is.isNegated;
  // What looks at something else is weaker only where it asks for nearly nothing.
  const isOther = was.subject !== is.subject && was.matcher !== is.matcher;
  if (strengthOf(is) < strengthOf(was) && !(isOther && strengthOf(is) > 1)) return "assertion_weakened";
  if (isLiteral(is.subject) && !isLiteral(was.subject)) return "assertion_weakened";
  if (WILDCARD.test(is.expected) && !WILDCARD.test(was.expected)) return "assertion_weakened";
  if (isSame && was.expected !== "" && is.expected === "" && !SNAPSHOT.test(is.matcher))
    return "assertion_weakened";
  if (was.isNegated !== is.isNegated) return "expected_changed";
  if (was.subject !== is.subject) return "assertion_replaced";
  if (was.expected === is.expected) return null;
  return SNAPSHOT.test(is.matcher) ? "snapshot_edited" : "expected_changed";
}

/** What may keep an assertion from failing its test, where nothing did before. */
function standRule(was: Assertion, is: Assertion): TestRule | null {
  if (is.isSwallowed && !was.isSwallowed) return "assertion_swallowed";
  if (is.isUnreachable && !was.isUnreachable) return "assertion_unreachable";
  return is.isConditional && !was.isConditional ? "assertion_conditional" : null;
}

export function compareAssertions(place: Place): TestSighting[] {
  const [before, after] = [[...(place.before?.assertions ?? [])], [...(place.after?.assertions ?? [])]];
  const [were, are] = [before.length, after.length];
  const found: TestSighting[] = [];
  const say = (rule: TestRule | null, was: Assertion, is: Assertion): void => {
    if (rule === null) return;
    const details = { before: was.text, after: is.text, baseLine: was.line, patchLine: is.line };
    found.push(sighting(rule, place, details));
  };
  const gone = before.filter((was) => {
    const is = take(after, ({ text }) => text === was.text);
    if (is) say(standRule(was, is), was, is);
    return !is;
  });
  const unmatched = gone.filter((was) => {
    const is =
      take(after, ({ subject, matcher }) => subject === was.subject && matcher === was.matcher) ??
      take(after, ({ subject }) => subject === was.subject);
    if (is) say(standRule(was, is) ?? judged(was, is), was, is);
    return !is;
  });
  // The same words look at the next thing: what is left is matched in order.
  const removed = unmatched.filter((was) => {
    const is = take(after, ({ matcher }) => matcher === was.matcher) ?? after.shift() ?? null;
    if (is) say(standRule(was, is) ?? judged(was, is), was, is);
    return !is;
  });
  const [first] = removed;
  if (!first || are >= were) return found;
  const rule = are === 0 ? "assertions_none" : "assertions_removed";
  const details = { count: removed.length, before: first.text, baseLine: first.line };
  return [sighting(rule, place, details), ...found];
}

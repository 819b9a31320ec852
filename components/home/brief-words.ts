// The morning brief as one sentence whose numbers lead to what they count. Pure.
import { plural } from "../format.ts";

export interface BriefFacts {
  readonly launched: number;
  readonly inReview: number;
  readonly merged: number;
  readonly noChange: number;
  readonly failed: number;
  /** Decisions that wait for this person. */
  readonly waiting: number;
  /** Runs of this person that are paused. */
  readonly paused: number;
  /** When the first of the decisions runs out, as words: "in 3 h". */
  readonly firstDeadline: string | null;
}

export interface BriefPart {
  readonly text: string;
  readonly href?: string;
}

/** Only what happened is said; a quiet time says so. */
export function briefOf(facts: BriefFacts): BriefPart[] {
  const { launched, inReview, merged, noChange, failed, waiting, paused, firstDeadline } = facts;
  const results: BriefPart[][] = [];
  const add = (count: number, part: BriefPart, verb: string) => {
    if (count > 0) results.push([part, { text: ` ${verb}` }]);
  };
  add(
    merged,
    { text: plural(merged, "patch", "patches"), href: "/runs?status=merged" },
    merged === 1 ? "was merged" : "were merged",
  );
  add(
    inReview,
    { text: plural(inReview, "verified patch", "verified patches"), href: "/runs?status=in_review" },
    inReview === 1 ? "waits for review" : "wait for review",
  );
  add(
    noChange,
    { text: plural(noChange, "run"), href: "/runs?status=failed" },
    "gave up and changed nothing",
  );
  add(
    failed,
    { text: plural(failed, "broken run"), href: "/runs?status=failed" },
    failed === 1 ? "says why" : "say why",
  );
  const start: BriefPart[] =
    launched > 0
      ? [
          { text: plural(launched, "run"), href: "/runs" },
          { text: launched === 1 ? " was launched" : " were launched" },
        ]
      : [{ text: "No run was launched" }];
  const middle = results.flatMap((parts, index) => [{ text: index === 0 ? "; " : ", " }, ...parts]);
  return [...start, ...middle, { text: ". " }, ...ending(waiting, paused, firstDeadline)];
}

function ending(waiting: number, paused: number, firstDeadline: string | null): BriefPart[] {
  const href = "/inbox?show=mine";
  const until = firstDeadline ? `, the first ${firstDeadline}.` : ".";
  const waits = (count: number) => (count === 1 ? " waits for you" : " wait for you");
  const decisions = [{ text: plural(waiting, "decision"), href }, { text: `${waits(waiting)}${until}` }];
  const runs = [{ text: plural(paused, "paused run"), href }, { text: `${waits(paused)}.` }];
  if (waiting === 0 && paused === 0) return [{ text: "Nothing needs you." }];
  if (waiting === 0) return runs;
  return paused === 0 ? decisions : [...decisions, { text: " " }, ...runs];
}

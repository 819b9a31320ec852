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
  /** When the first of them runs out, as words: "in 3 h". */
  readonly firstDeadline: string | null;
}

export interface BriefPart {
  readonly text: string;
  readonly href?: string;
}

/** Only what happened is said; a quiet time says so. */
export function briefOf(facts: BriefFacts): BriefPart[] {
  const { launched, inReview, merged, noChange, failed, waiting, firstDeadline } = facts;
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
  return [...start, ...middle, { text: ". " }, ...ending(waiting, firstDeadline)];
}

function ending(waiting: number, firstDeadline: string | null): BriefPart[] {
  if (waiting === 0) return [{ text: "Nothing needs you." }];
  const until = firstDeadline ? `, the first ${firstDeadline}.` : ".";
  return [
    { text: plural(waiting, "decision"), href: "/inbox?show=mine" },
    { text: `${waiting === 1 ? " waits" : " wait"} for you${until}` },
  ];
}

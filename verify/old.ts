// Checkpoints that the reader holds from earlier: the log has to begin with each of them.
import type { Checkpoint } from "./note.ts";
import type { Policy } from "./policy.ts";
import { type Findings, shown } from "./report.ts";
import { whyNotSigned } from "./signatures.ts";
import type { Cover } from "./tree.ts";

export interface OldCheckpoints {
  /** To be called before the cover grows by `width` leaves. */
  before(cover: Cover, width: number): void;
  /** To be called when the cover is complete. */
  finish(): void;
  /** Size of the largest one that the log begins with. */
  heldUpTo(): number;
}

/** Says about those that cannot be compared why not, and about the others when the cover reaches their size. */
export function createOldCheckpoints(
  all: readonly Checkpoint[],
  now: Checkpoint,
  policy: Policy,
  findings: Findings,
): OldCheckpoints {
  let held = 0;
  const nameOf = ({ size }: Checkpoint) => `the checkpoint of ${size} entries that you hold`;
  const isUsable = (old: Checkpoint): boolean => {
    const refusal = whyNotSigned(old, policy);
    if (old.origin !== now.origin) {
      const says = `This file is of the log ${shown(now.origin)}, and ${nameOf(old)} of ${shown(old.origin)}: they cannot be compared.`;
      findings.add("old", "not_shown", says);
    } else if (refusal !== null) {
      findings.add("old", "fails", `The log did not sign ${nameOf(old)}: ${refusal}.`);
    } else if (old.size > now.size) {
      const says = `The log was cut, or this file is older than your checkpoint: it has ${now.size} entries, less than ${nameOf(old)}.`;
      findings.add("old", "fails", says);
    } else return true;
    return false;
  };
  const waiting = all.filter(isUsable).sort((a, b) => a.size - b.size);

  function compare(old: Checkpoint, cover: Cover): void {
    if (old.size > cover.size) {
      const says = `This file leaves out the entries around ${nameOf(old)}, and so cannot show that the log begins with it.`;
      findings.add("old", "not_shown", says);
    } else if (old.root === cover.root()) {
      held = old.size;
      findings.add("old", "holds", `The log begins with ${nameOf(old)}.`);
    } else {
      const says = `The log does not begin with ${nameOf(old)}: entries before that were changed, or you are shown another log.`;
      findings.add("old", "fails", says);
    }
  }

  let last: Cover | null = null;
  return {
    before(cover, width) {
      last = cover;
      while (waiting[0] && waiting[0].size < cover.size + width)
        compare(waiting.shift() as Checkpoint, cover);
    },
    finish() {
      for (const old of waiting.splice(0)) if (last && last.size >= old.size) compare(old, last);
    },
    heldUpTo: () => held,
  };
}

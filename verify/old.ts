// Checkpoints that the reader holds from earlier: the log has to begin with each of them.
import type { Checkpoint } from "./note.ts";
import type { Policy } from "./policy.ts";
import { type Findings, type Outcome, shown } from "./report.ts";
import { whyNotSigned } from "./signatures.ts";
import type { Cover } from "./tree.ts";

export type OldCheckpoints = ReturnType<typeof createOldCheckpoints>;

/** Says about those that cannot be compared why not, and about the others when the cover reaches their size. */
export function createOldCheckpoints(
  all: readonly Checkpoint[],
  now: Checkpoint,
  policy: Policy,
  findings: Findings,
) {
  const add = (outcome: Outcome, says: string) => findings.add("old", outcome, says);
  const nameOf = ({ size }: Checkpoint) => `the checkpoint of ${size} entries that you hold`;
  let held = 0;

  function isComparable(old: Checkpoint): boolean {
    const [name, unsigned] = [nameOf(old), whyNotSigned(old, policy)];
    const logs = `This file is of the log ${shown(now.origin)}, and ${name} of ${shown(old.origin)}`;
    const cut = `The log was cut, or this file is older than your checkpoint: it has ${now.size} entries`;
    if (old.origin !== now.origin) add("not_shown", `${logs}: they cannot be compared.`);
    else if (unsigned !== null) add("fails", `The log did not sign ${name}: ${unsigned}.`);
    else if (old.size > now.size) add("fails", `${cut}, less than ${name}.`);
    else return true;
    return false;
  }

  const waiting = all.filter(isComparable).sort((a, b) => a.size - b.size);

  return {
    /** To be called before the cover grows to `size` leaves. */
    compare(cover: Cover, size: number): void {
      while (waiting[0] && waiting[0].size < size) {
        const old = waiting.shift() as Checkpoint;
        const name = nameOf(old);
        const hidden = `This file leaves out the entries around ${name}`;
        const changed = "entries before that were changed, or you are shown another log";
        const isSame = old.root === cover.root();
        if (old.size > cover.size)
          add("not_shown", `${hidden}, and so cannot show that the log begins with it.`);
        else if (!isSame) add("fails", `The log does not begin with ${name}: ${changed}.`);
        else add("holds", `The log begins with ${name}.`);
        if (old.size === cover.size && isSame) held = old.size;
      }
    },
    /** Size of the largest one that the log begins with. */
    heldUpTo: () => held,
  };
}

// A host that shows another key than the one that was pinned for it: a finding, until it shows a pinned one again.
import { transaction } from "../db.ts";
import { FORGE_WATCH } from "../findings/forge-watch.ts";
import { openFindings } from "../findings/open-findings.ts";
import { settleGone } from "../findings/settle-gone.ts";
import type { Scope } from "../scope.ts";

export interface HostSeen {
  readonly repositoryId: string;
  readonly repositoryName: string;
  /** Null where it showed a pinned one; else what is said of it. */
  readonly problem: string | null;
}

export async function noteHostKey(scope: Scope, seen: HostSeen): Promise<void> {
  const { repositoryId: subject, repositoryName, problem } = seen;
  const rule = FORGE_WATCH.hostKey;
  await transaction(scope, async (tx) => {
    if (problem === null) {
      await settleGone(tx, scope, { rule, subject, reason: "The host shows a key that is pinned." });
      return;
    }
    const evidence = { text: `${repositoryName}: ${problem}`.slice(0, 1000), path: null, line: null };
    await openFindings(tx, scope, null, [{ rule, subject, evidence, at: scope.clock.now() }]);
  });
}

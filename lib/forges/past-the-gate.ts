// What reached a branch without the approval it needs: a critical finding about the run, and its pilot is stopped, in one
// transaction. Said again, nothing happens again.
import { read, type Tx, transaction } from "../db.ts";
import { FORGE_RULES } from "../findings/catalog.ts";
import { openFindings } from "../findings/open-findings.ts";
import type { Scope } from "../scope.ts";
import { pullStopInTx } from "../stops/pull-stop.ts";
import { selectUnapproved } from "./store.ts";

interface Past {
  readonly runId: string;
  readonly pilotId: string;
  readonly rule: (typeof FORGE_RULES)[keyof typeof FORGE_RULES];
  /** What makes it another finding of the run. */
  readonly commit: string;
  readonly text: string;
}

const STOP = {
  merged_other_tree: "What was merged is not what was approved.",
  merged_unapproved: "A run's change reached its branch without its approval.",
} as const;

async function tell(tx: Tx, scope: Scope, { runId, pilotId, rule, commit, text }: Past): Promise<void> {
  const evidence = { text: text.slice(0, 1000), path: null, line: null };
  const { opened } = await openFindings(tx, scope, runId, [
    { rule, subject: commit, evidence, at: scope.clock.now() },
  ]);
  if (opened === 0) return;
  const reason = STOP[rule.id as keyof typeof STOP];
  await pullStopInTx(tx, scope, { scope: "pilot", pilotId, reason });
}

/** Before the merge is settled, so that a crash in between does not lose it. */
export async function tellOther(
  scope: Scope,
  merge: { readonly runId: string; readonly tree: string; readonly expectedOld: string },
  seen: { readonly commit: string; readonly otherTree: string | null; readonly otherBase: string | null },
): Promise<void> {
  await transaction(scope, async (tx) => {
    const { pilotId } = await tx.db.run.findUniqueOrThrow({
      where: { id: merge.runId },
      select: { pilotId: true },
    });
    const text =
      seen.otherTree === null
        ? `The merge ${seen.commit} holds the approved tree and stands on ${seen.otherBase}, where ${merge.expectedOld} was approved: the branch was moved in that moment, and where it was rewound, what was taken out of it came back.`
        : `The merge ${seen.commit} holds the tree ${seen.otherTree}; approved was ${merge.tree}.`;
    await tell(tx, scope, {
      ...{ runId: merge.runId, pilotId, rule: FORGE_RULES.differs, commit: seen.commit, text },
    });
  });
}

export interface CommitSeen {
  readonly commit: string;
  readonly tree: string;
}

/**
 * Commits that are new on a repository's branch: whether one has exactly what a run proposed whose merge nobody intended.
 * How many runs it was told of.
 */
export async function lookPastTheGate(
  scope: Scope,
  repositoryId: string,
  commits: readonly CommitSeen[],
): Promise<number> {
  const trees = commits.map(({ tree }) => tree);
  const unapproved = await read(scope, (db) => selectUnapproved(db, repositoryId, trees));
  for (const { runId, pilotId, tree } of unapproved) {
    const commit = commits.find((each) => each.tree === tree)?.commit ?? "";
    const text = `The commit ${commit} has exactly the tree ${tree} that the run proposed, and no merge gate let it through.`;
    await transaction(scope, (tx) =>
      tell(tx, scope, { runId, pilotId, rule: FORGE_RULES.unapproved, commit, text }),
    );
  }
  return unapproved.length;
}

// A merge and the run that undoes it, with real git: each step as its own process takes it.
import { decideGate } from "#lib/gates/decide-gate.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { finishLease } from "#lib/leases/service.ts";
import { requestRevert } from "#lib/reverts/request-revert.ts";
import type { Scope } from "#lib/scope.ts";
import { importPatch } from "#worker/jobs/import-patch.ts";
import { publishMerge } from "#worker/jobs/publish-merge.ts";
import { buildReverts } from "#worker/reverts/build-reverts.ts";
import { asProcess, launch, leaseOf, seen } from "../journey.ts";
import { observeAll, type Seen } from "../observations.ts";
import type { FileTree } from "./author.ts";
import type { OpenStory } from "./open-story.ts";
import { look, reviewOf, type Source } from "./story.ts";

export interface RevertStory {
  /** A run of the recipe from launch to merge: `files` are its patch. */
  merged(source: Source, pilotId: string, files: FileTree): Promise<string>;
  /** The worker's turn: makes what waits, and takes in what it made for this run. */
  build(runId: string): Promise<void>;
  /** A verifier says what it saw. */
  verify(runId: string, saw: Seen): Promise<void>;
  openGate(runId: string): Promise<{ readonly gateId: string; readonly digest: string } | null>;
  approve(by: Scope, runId: string): Promise<void>;
  /** The worker moves the ref, and looks at the repository again. */
  publish(source: Source, runId: string): Promise<void>;
}

/** What the recipe's patch repaired fails again; nothing else is other than it was. */
export const AS_BEFORE: Seen = {
  base: { broken: ["passed"], fine: ["passed"] },
  patch: { broken: ["failed"], fine: ["passed"] },
};

export function revertStory(story: OpenStory, approver: Scope): RevertStory {
  const { database, seed, runner, workplace, agentId } = story;
  const inWorker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);
  const openGate = async (runId: string) => {
    const gate = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
    return gate ? { gateId: gate.id, digest: gate.digest } : null;
  };
  const approve = async (by: Scope, runId: string) => {
    const gate = await openGate(runId);
    if (!gate) throw new Error("no gate is open");
    await decideGate(by, { ...gate, decision: "approve", reason: "" });
  };
  const publish = async (source: Source, runId: string) => {
    const { rows } = await database.owner.query<{ id: string }>(
      "select id from merge where run_id = $1 order by created_at desc limit 1",
      [runId],
    );
    await inWorker(() => publishMerge(workplace, seed, { mergeId: rows[0]?.id ?? "" }));
    await look(story, source.repositoryId);
  };
  return {
    ...{ openGate, approve, publish },
    async merged(source, pilotId, files) {
      const runId = await launch(seed, pilotId, agentId);
      await reviewOf(story, source, runId, files);
      await approve(approver, runId);
      await publish(source, runId);
      return runId;
    },
    async build(runId) {
      await inWorker(() => buildReverts(workplace, seed));
      const { rows } = await database.owner.query<{ attempt: number }>(
        "select attempt from run where id = $1",
        [runId],
      );
      await inWorker(() => importPatch(workplace, seed, { runId, attempt: rows[0]?.attempt ?? 0 }));
    },
    async verify(runId, saw) {
      const lease = await leaseOf(runner, runId, "verify");
      if (lease.phase !== "verify") throw new Error("not a verification");
      const { observations, ...finish } = seen(lease);
      const repeats = lease.test.repeats;
      const often = (results: Seen["base"]) =>
        Object.fromEntries(
          Object.entries(results).map(([test, [result]]) => [test, Array(repeats).fill(result)]),
        );
      const argv = observations[0]?.argv ?? [];
      await finishLease(runner, lease.leaseId, {
        ...finish,
        observations: observeAll({
          base: often(saw.base),
          patch: often(saw.patch),
          ...(saw.crossed ? { crossed: often(saw.crossed) } : {}),
        }).map((each) => ({
          ...each,
          argv,
          commit: each.tree === "base_on_base" ? lease.baseCommit : lease.patchCommit,
        })),
      });
    },
  };
}

/** One person's click; gives the run it leads to. */
export const clickRevert = (by: Scope, runId: string) => requestRevert(by, { runId });

// Where the pull requests of merges stand, for people; and what the worker writes down of them.
import { visiblePilots } from "../../authz/rules.ts";
import { read, transaction } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import type { PullView } from "../connections/schema.ts";
import { untilNextTry } from "./rules.ts";
import {
  findTries,
  type PullRow,
  type PullSeen,
  selectLater,
  selectOpenPulls,
  selectPullsOfRun,
  upsertPull,
} from "./store.ts";

export type OpenPull = PullView & { readonly repositoryId: string };

/** The link is made of what somebody connected: where GitHub says it is might lead anywhere. */
const shown = ({ address, ...row }: PullRow): OpenPull => ({
  ...row,
  url: row.number === null ? null : `${address}/pull/${row.number}`,
});

/** Newest first; none where its repository is connected to no forge. The caller has checked the run's visibility. */
export async function listPullsOfRun(scope: Scope, runId: string): Promise<readonly PullView[]> {
  return (await read(scope, (db) => selectPullsOfRun(db, runId))).map(shown);
}

/** Of approved merges that are not on their branch yet, in the pilots the scope may see. */
export async function listOpenPulls(scope: Scope): Promise<readonly OpenPull[]> {
  const pilotIds = visiblePilots(scope.grants);
  return (await read(scope, (db) => selectOpenPulls(db, pilotIds))).map(shown);
}

export interface PullNoted extends Omit<PullSeen, "at" | "nextAt"> {
  /** Nothing is tried again. */
  readonly isOver?: boolean;
}

/** For the worker: where the pull request of a merge stands, and when it is tried again after a problem. */
export async function noteForgePull(scope: Scope, { isOver = false, ...seen }: PullNoted): Promise<void> {
  await transaction(scope, async (tx) => {
    const now = scope.clock.now();
    const { step, tries } = (await findTries(tx.db, seen.mergeId)) ?? { step: "queued", tries: 0 };
    const wait = seen.problem === null || isOver ? null : untilNextTry(step, tries + 1);
    const nextAt = wait === null ? null : new Date(now + wait);
    await upsertPull(tx.db, { ...seen, nextAt, at: new Date(now) });
    tx.ring({ channel: "record_grew", payload: "" });
  });
}

/** For the worker: merges that are left alone until then. */
export async function mergesToTryLater(scope: Scope): Promise<ReadonlySet<string>> {
  return new Set(await read(scope, (db) => selectLater(db, new Date(scope.clock.now()))));
}

// What a deployment brought: which merges of ours and changes by people are in it and were not in the one before.
import { read, transaction } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import {
  type Candidate,
  type Contents,
  type DueDeployment,
  replaceContents,
  selectCandidates,
  selectDueDeployments,
} from "./store.ts";

export type { Candidate, DueDeployment } from "./store.ts";

/** Of one turn of the worker. */
const AT_ONCE = 50;

export const listDueDeployments = (scope: Scope): Promise<DueDeployment[]> =>
  read(scope, (db) => selectDueDeployments(db, new Date(scope.clock.now()), AT_ONCE));

export const listCandidates = (scope: Scope, repositoryId: string): Promise<Candidate[]> =>
  read(scope, (db) => selectCandidates(db, repositoryId));

/** `lookedAt` is from before the candidates were read: what comes in between is looked at again. */
export const noteContents = (scope: Scope, contents: Contents): Promise<void> =>
  transaction(scope, async (tx) => {
    await replaceContents(tx.db, contents);
    tx.ring({ channel: "record_grew", payload: "" });
  });

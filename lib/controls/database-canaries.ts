// What the database should refuse, tried under the worker's own role.
import { isSaid, read, type Tx, transaction } from "../db.ts";
import { newestProvable } from "../log/provable/newest.ts";
import { newRunnerKeys, type RunnerKeys, sha256Hex } from "../protocol/signing.ts";
import type { Scope } from "../scope.ts";
import { CANARY_RUNNER, REVOKED_CANARY } from "./canary-rules.ts";
import {
  changeWithoutEntry,
  editedCopy,
  selectLogGuards,
  selectLogRights,
  setCanaryKey,
  tryDeleteLog,
  tryInsertApproval,
  tryInsertMerge,
  tryUpdateLog,
} from "./canary-store.ts";
import type { Proved } from "./schema.ts";

const DENIED = "42501";
const NO_ENTRY = "PH001";

class Undone extends Error {}

/** Whether the database let it; it is undone in any case. Anything but the refusal that is meant is thrown. */
async function isLet(scope: Scope, refusal: string, work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
  try {
    await transaction(scope, async (tx) => {
      await work(tx);
      throw new Undone();
    });
  } catch (error) {
    if (error instanceof Undone) return true;
    if (isSaid(error, refusal)) return false;
    throw error;
  }
  return true;
}

const holds = (sentence: string): Proved => ({ result: "holds", sentence });
const failed = (sentence: string): Proved => ({ result: "failed", sentence });

export async function tryUnapprovedMerge(scope: Scope): Promise<Proved> {
  const approval = await isLet(scope, DENIED, ({ db }) => tryInsertApproval(db));
  const merge = await isLet(scope, DENIED, ({ db }) => tryInsertMerge(db));
  if (approval || merge)
    return failed(
      `The worker may add ${[approval && "approvals", merge && "merges"].filter(Boolean).join(" and ")}.`,
    );
  return holds("The database refused the worker an approval and a merge.");
}

export async function tryLogChange(scope: Scope): Promise<Proved> {
  const { rights, guards } = await read(scope, async (db) => ({
    rights: await selectLogRights(db),
    guards: await selectLogGuards(db),
  }));
  if (rights.length > 0)
    return failed(
      `A role may change the record: ${rights.map(({ role, what }) => `${role} ${what}`).join(", ")}.`.slice(
        0,
        500,
      ),
    );
  if (guards.length < 2)
    return failed("The triggers that refuse changes of the record are gone or switched off.");
  if (await isLet(scope, DENIED, ({ db }) => tryUpdateLog(db)))
    return failed("The worker may change entries.");
  if (await isLet(scope, DENIED, ({ db }) => tryDeleteLog(db)))
    return failed("The worker may remove entries.");
  return holds("Four roles without a right to change entries, two triggers switched on, two tries refused.");
}

export async function tryChangeWithoutEntry(scope: Scope): Promise<Proved> {
  let found = true;
  const wasLet = await isLet(scope, NO_ENTRY, async ({ db }) => {
    found = await changeWithoutEntry(db);
  });
  if (!wasLet) return holds("A change of a repository without an entry was refused.");
  if (!found) return { result: "not_run", sentence: "There is no repository yet to try it on." };
  return failed("A repository could be changed without an entry; it was undone.");
}

export async function tryEditedEntry(scope: Scope): Promise<Proved> {
  const provable = await newestProvable(scope);
  if (provable === null) return { result: "not_run", sentence: "No entry is under a signed checkpoint yet." };
  let copy: Awaited<ReturnType<typeof editedCopy>> | undefined;
  await transaction(scope, async ({ db }) => {
    copy = await editedCopy(db, provable.body);
  });
  if (!copy) throw new Error("Nothing was copied.");
  if (!(await provable.leadsToRoot(copy.whole)))
    return failed(`The newest numbered entry does not lead to the signed root: ${provable.entryId}.`);
  if (await provable.leadsToRoot(copy.edited))
    return failed("An edited copy of an entry was taken for the entry.");
  return holds("The entry as it is leads to the signed root, its edited copy does not.");
}

export interface CanaryKeys {
  readonly canary: RunnerKeys;
  readonly revoked: RunnerKeys;
}

/** New keys for both canaries, in force when this resolves. */
export async function giveCanaryKeys(scope: Scope, testId: string): Promise<CanaryKeys> {
  const keys = { canary: newRunnerKeys(), revoked: newRunnerKeys() };
  const at = new Date(scope.clock.now());
  await transaction(scope, async (tx) => {
    const canary = { id: CANARY_RUNNER, name: "self-test-canary", isRevoked: false };
    const revoked = { id: REVOKED_CANARY, name: "self-test-revoked", isRevoked: true };
    await setCanaryKey(tx.db, { ...canary, publicKey: keys.canary.publicKey }, at);
    await setCanaryKey(tx.db, { ...revoked, publicKey: keys.revoked.publicKey }, at);
    tx.record({
      kind: "controls.keyed",
      about: [`control_test:${testId}`, `runner:${CANARY_RUNNER}`, `runner:${REVOKED_CANARY}`],
      detail: {
        keys: [keys.canary, keys.revoked].map(({ publicKey }) => sha256Hex(Buffer.from(publicKey, "utf8"))),
      },
    });
  });
  return keys;
}

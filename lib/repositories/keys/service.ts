// What an ssh upstream is shown and known by: pinned and sealed by web, which cannot read it back; opened by the worker.
import { requirePermission } from "../../authz/require.ts";
import { read, type Tx, transaction } from "../../db.ts";
import { notFound, refused } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { enqueue } from "../../jobs/queue.ts";
import { sealingKey } from "../../notices/keys/seal-to.ts";
import { namesOf } from "../../people/service.ts";
import { canonicalText } from "../../record/rules.ts";
import { actorId, type Scope } from "../../scope.ts";
import { sealUpstreamKey } from "../../sealing/upstream-key.ts";
import { findRepositoryState } from "../service.ts";
import { readSsh } from "../ssh-rules.ts";
import { makePrivateKey, readPrivateKey } from "./private-key.ts";
import { fingerprintOf, keyDigest, readHostKeys } from "./rules.ts";
import type {
  EndUpstreamKey,
  SealedKey,
  SetUpstreamKey,
  UpstreamKeyForWork,
  UpstreamKeyView,
} from "./schema.ts";
import { endUpstreamKeyOf, findUpstreamKey, insertUpstreamKey, selectUpstreamKeys } from "./store.ts";

export interface KeySet {
  /** For the host's list of deploy keys. */
  readonly publicKey: string;
}

const NO_SSH = "Host keys are pinned for a repository that was added by its ssh address.";

/** The key before it is ended, and what was secret of it deleted. */
export async function setUpstreamKey(scope: Scope, input: SetUpstreamKey): Promise<KeySet> {
  requirePermission(scope, "repository.add", null);
  const { repositoryId } = input;
  const { privateKey, publicKey } =
    input.privateKey === undefined ? makePrivateKey() : readPrivateKey(input.privateKey);
  return transaction(scope, async (tx) => {
    const repository = await findRepositoryState(tx.db, repositoryId);
    if (!repository) throw notFound("repository");
    const reading = readSsh(repository.source);
    if (repository.sourceKind !== "ssh" || !reading.ok) throw refused(NO_SSH);
    const hostKeys = readHostKeys(input.hostKeys, reading.place);
    const key = await sealingKey(tx);
    await end(tx, scope, repositoryId);
    const now = scope.clock.now();
    const id = newId("upstream_key", now);
    const secret = canonicalText({ privateKey, hostKeys } satisfies SealedKey);
    const place = { keyId: id, source: repository.source };
    await insertUpstreamKey(tx.db, {
      ...{ id, repositoryId, publicKey, hostKeys, noticeKeyId: key.id },
      sealed: new Uint8Array(sealUpstreamKey(key.publicKey, place, secret)),
      ...{ setBy: actorId(scope.actor), setAt: new Date(now) },
    });
    tx.record({
      kind: "repository.upstream_key_set",
      about: [`repository:${repositoryId}`],
      detail: {
        ...{ key: id, sealed_to: key.id, public_key_sha256: keyDigest(publicKey) },
        host_keys: hostKeys.map(keyDigest),
      },
    });
    await enqueue(tx, "mirror_repository", { repositoryId }, repositoryId);
    return { publicKey };
  });
}

async function end(tx: Tx, scope: Scope, repositoryId: string): Promise<boolean> {
  const key = await endUpstreamKeyOf(tx.db, repositoryId, new Date(scope.clock.now()));
  if (key === null) return false;
  tx.record({
    kind: "repository.upstream_key_ended",
    about: [`repository:${repositoryId}`],
    detail: { key },
  });
  return true;
}

/** From then on nothing is fetched and nothing pushed. */
export async function endUpstreamKey(scope: Scope, { repositoryId }: EndUpstreamKey): Promise<void> {
  requirePermission(scope, "repository.add", null);
  await transaction(scope, async (tx) => {
    if (!(await end(tx, scope, repositoryId))) throw notFound("upstream key");
    await enqueue(tx, "mirror_repository", { repositoryId }, repositoryId);
  });
}

/** As repositories are seen: by every member. */
export async function listUpstreamKeys(scope: Scope): Promise<UpstreamKeyView[]> {
  const rows = await read(scope, selectUpstreamKeys);
  const names = await namesOf(
    scope,
    rows.map(({ setBy }) => setBy),
  );
  return rows.map(({ setBy, hostKeys, ...row }) => ({
    ...row,
    hostKeys: hostKeys.map((line) => ({
      type: line.split(" ", 1)[0] ?? "",
      fingerprint: fingerprintOf(line),
    })),
    setByName: names.get(setBy) ?? setBy,
  }));
}

/** For the worker; null where none is set. */
export const findUpstreamKeyForWork = (
  scope: Scope,
  repositoryId: string,
): Promise<UpstreamKeyForWork | null> => read(scope, (db) => findUpstreamKey(db, repositoryId));

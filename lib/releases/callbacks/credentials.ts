// What decisions are told with: sealed to the worker before it is stored, so that web cannot read it back.
import { createHash, createPrivateKey } from "node:crypto";
import { may, requirePermission } from "../../authz/require.ts";
import { read, type Tx, transaction } from "../../db.ts";
import { notFound, refused } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { sealingKey } from "../../notices/keys/seal-to.ts";
import { namesOf } from "../../people/service.ts";
import { lockedPilot } from "../../pilots/service.ts";
import { canonicalText } from "../../record/rules.ts";
import { actorId, type Scope } from "../../scope.ts";
import { sealCredential } from "../../sealing/release-credential.ts";
import { insertCredential, removeSealed, selectCredentials } from "../callback-store.ts";
import { Credential, type CredentialView, type RemoveCredential, type SetCredential } from "./schema.ts";

const NO_KEY = "This is no RSA private key. Paste the one that GitHub gave for the app.";

function refuseOtherKey(credential: Credential): void {
  if (credential.kind !== "github_app") return;
  try {
    if (createPrivateKey(credential.key).asymmetricKeyType === "rsa") return;
  } catch {
    // Refused below, without a word of what it holds.
  }
  throw refused(NO_KEY, { key: [NO_KEY] });
}

/** The one for a host takes the place of another for it, which is deleted. */
export async function setCredential(scope: Scope, input: SetCredential): Promise<void> {
  const { pilotId, host } = input;
  requirePermission(scope, "channel.manage", null);
  const credential = Credential.parse(input);
  refuseOtherKey(credential);
  await transaction(scope, async (tx) => {
    await lockedPilot(tx, pilotId);
    const key = await sealingKey(tx);
    const old = (await selectCredentials(tx.db, pilotId)).filter((one) => one.host === host);
    for (const { id } of old) await remove(tx, scope, pilotId, id);
    const now = scope.clock.now();
    const credentialId = newId("credential", now);
    const sealed = sealCredential(key.publicKey, { credentialId, host }, canonicalText(credential));
    await insertCredential(tx.db, {
      ...{ id: credentialId, pilotId, host, kind: credential.kind, noticeKeyId: key.id },
      ...{ sealed: new Uint8Array(sealed), setBy: actorId(scope.actor), setAt: new Date(now) },
    });
    tx.record({
      kind: "channel.credential_set",
      about: [`pilot:${pilotId}`],
      detail: {
        ...{ credential: credentialId, kind: credential.kind, sealed_to: key.id },
        host_sha256: createHash("sha256").update(host).digest("hex"),
      },
    });
  });
}

async function remove(tx: Tx, scope: Scope, pilotId: string, credentialId: string): Promise<void> {
  if (!(await removeSealed(tx.db, pilotId, credentialId, new Date(scope.clock.now()))))
    throw notFound("credential");
  tx.record({
    kind: "channel.credential_removed",
    about: [`pilot:${pilotId}`],
    detail: { credential: credentialId },
  });
}

export async function removeCredential(scope: Scope, input: RemoveCredential): Promise<void> {
  requirePermission(scope, "channel.manage", null);
  await transaction(scope, (tx) => remove(tx, scope, input.pilotId, input.credentialId));
}

/** Null for whoever has nothing to do with them. */
export async function listCredentials(scope: Scope, pilotId: string): Promise<CredentialView[] | null> {
  if (!may(scope, "channel.manage", null)) return null;
  const rows = await read(scope, (db) => selectCredentials(db, pilotId));
  const names = await namesOf(
    scope,
    rows.map(({ setBy }) => setBy),
  );
  return rows.map(({ setBy, ...row }) => ({ ...row, setByName: names.get(setBy) ?? setBy }));
}

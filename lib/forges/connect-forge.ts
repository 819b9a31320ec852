// A repository is connected to its forge: what it is spoken to with is sealed to the worker before it is stored, and what
// the forge signs its calls with is made here, shown once, and kept by web for itself.
import { createHash, createPrivateKey, randomBytes } from "node:crypto";
import { authSettings } from "../auth/settings.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { noticeHostsAllowed } from "../env.ts";
import { notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { enqueue } from "../jobs/queue.ts";
import { sealingKey } from "../notices/keys/seal-to.ts";
import { canonicalText } from "../record/rules.ts";
import { Credential } from "../releases/callbacks/schema.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { sealForgeCredential } from "../sealing/forge-credential.ts";
import { sealHere } from "../sealing/kept-here.ts";
import type { ConnectForge, EndForge } from "./connections/schema.ts";
import { keptHook } from "./hook-secret.ts";
import { selectAsked } from "./pulls/store.ts";
import { forgePlace } from "./rules.ts";
import { endConnection, insertConnection } from "./store.ts";

export interface Connected {
  readonly connectionId: string;
  /** Shown this once. */
  readonly hookSecret: string;
}

const NO_KEY = "This is no RSA private key. Paste the one that GitHub gave for the app.";
const OWN =
  "Approved merges of this repository move a branch kept here. Add it anew so that its source is moved.";
const NOT_HTTPS = "A forge is connected to a repository that was added by its https address.";

function refuseOtherKey(credential: Credential): void {
  if (credential.kind !== "github_app") return;
  try {
    if (createPrivateKey(credential.key).asymmetricKeyType === "rsa") return;
  } catch {
    // Refused below, without a word of what it holds.
  }
  throw refused(NO_KEY, { key: [NO_KEY] });
}

/** The one before it is ended, and what was secret of it deleted. */
export async function connectForge(scope: Scope, input: ConnectForge): Promise<Connected> {
  requirePermission(scope, "repository.add", null);
  const credential = Credential.parse(input);
  refuseOtherKey(credential);
  return transaction(scope, async (tx) => {
    const repository = await findRepositoryState(tx.db, input.repositoryId);
    if (!repository) throw notFound("repository");
    if (repository.sourceKind !== "https") throw refused(NOT_HTTPS);
    if (repository.authority !== "upstream") throw refused(OWN);
    const { address } = forgePlace(repository.source, noticeHostsAllowed());
    const key = await sealingKey(tx);
    await end(tx, scope, repository.id);
    const now = scope.clock.now();
    const connectionId = newId("forge", now);
    const hookSecret = randomBytes(32).toString("hex");
    await insertConnection(tx.db, {
      ...{ id: connectionId, repositoryId: repository.id, address, kind: credential.kind },
      noticeKeyId: key.id,
      sealed: new Uint8Array(
        sealForgeCredential(key.publicKey, { connectionId, address }, canonicalText(credential)),
      ),
      hookSecret: new Uint8Array(sealHere(authSettings().secret, keptHook(connectionId), hookSecret)),
      expiresAt: credential.kind === "token" && input.expires !== undefined ? new Date(input.expires) : null,
      ...{ connectedBy: actorId(scope.actor), connectedAt: new Date(now) },
    });
    tx.record({
      kind: "repository.forge_connected",
      about: [`repository:${repository.id}`],
      detail: {
        ...{ connection: connectionId, kind: credential.kind, sealed_to: key.id },
        address_sha256: createHash("sha256").update(address).digest("hex"),
      },
    });
    // One that could not be read without it can be now.
    await enqueue(tx, "mirror_repository", { repositoryId: repository.id }, repository.id);
    return { connectionId, hookSecret };
  });
}

async function end(tx: Tx, scope: Scope, repositoryId: string): Promise<boolean> {
  const connection = await endConnection(tx.db, repositoryId, new Date(scope.clock.now()));
  if (connection === null) return false;
  tx.record({
    kind: "repository.forge_ended",
    about: [`repository:${repositoryId}`],
    detail: { connection },
  });
  return true;
}

/**
 * Merges go on by a plain push, where the operator's credentials allow one. What waits on the forge is looked at once more,
 * and then waits no longer.
 */
export async function endForge(scope: Scope, { repositoryId }: EndForge): Promise<void> {
  requirePermission(scope, "repository.add", null);
  await transaction(scope, async (tx) => {
    if (!(await end(tx, scope, repositoryId))) throw notFound("forge connection");
    for (const mergeId of await selectAsked(tx.db, repositoryId))
      await enqueue(tx, "publish_merge", { mergeId }, mergeId);
  });
}

// A repository that somebody connected to the tests' GitHub, with what it is spoken to with sealed to a worker.
import { generateKeyPairSync } from "node:crypto";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { publishNoticeKey } from "#lib/notices/publish-key.ts";
import type { Scope } from "#lib/scope.ts";
import { sealForgeCredential } from "#lib/sealing/forge-credential.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import type { TestDatabase } from "../database.ts";
import { asProcess } from "../journey.ts";

export interface Connecting {
  readonly repositoryId: string;
  readonly address: string;
  /** Another address than the one that it was sealed for. */
  readonly sealedFor?: string;
  /** A token in place of an app. */
  readonly token?: string;
  readonly expiresAt?: Date;
}

/** `folder`: where the worker keeps its key. The answer connects, and gives the connection's id. */
export async function connecting(database: TestDatabase, scope: Scope, folder: string) {
  const { publicKey } = await keptKeyPair(folder);
  const raw = new Uint8Array(publicKey);
  const sealedTo = await asProcess(database, "worker", () => publishNoticeKey(scope, raw));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  return async ({ repositoryId, address, sealedFor = address, token, expiresAt }: Connecting) => {
    const [id, at] = [newId("forge", scope.clock.now()), new Date(scope.clock.now())];
    const kind = token === undefined ? "github_app" : "token";
    const app = { kind, app: "Iv1.app", installation: "7", key };
    const secret = JSON.stringify(token === undefined ? app : { kind, token });
    const place = { connectionId: id, address: sealedFor };
    await transaction(scope, async (tx) => {
      await tx.db.forgeConnection.createMany({
        data: {
          ...{ id, repositoryId, address, kind, expiresAt: expiresAt ?? null },
          ...{ noticeKeyId: sealedTo.noticeKeyId, hookSecret: new Uint8Array(1) },
          sealed: new Uint8Array(sealForgeCredential(raw, place, secret)),
          ...{ connectedBy: "per_1", connectedAt: at },
        },
      });
      tx.record({
        kind: "repository.forge_connected",
        about: [`repository:${repositoryId}`],
        detail: {
          ...{ connection: id, kind, sealed_to: sealedTo.noticeKeyId },
          address_sha256: "a".repeat(64),
        },
      });
    });
    return id;
  };
}

/** As somebody who ends what a repository is connected with. */
export async function disconnect(scope: Scope, repositoryId: string): Promise<void> {
  const endedAt = new Date(scope.clock.now());
  await transaction(scope, async (tx) => {
    const where = { repositoryId, endedAt: null };
    const { id: connection } = await tx.db.forgeConnection.findFirstOrThrow({ where, select: { id: true } });
    await tx.db.forgeConnection.updateMany({ where, data: { sealed: null, hookSecret: null, endedAt } });
    tx.record({
      kind: "repository.forge_ended",
      about: [`repository:${repositoryId}`],
      detail: { connection },
    });
  });
}

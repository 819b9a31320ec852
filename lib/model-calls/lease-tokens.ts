import { createHash, randomBytes } from "node:crypto";
import type { Tx } from "../db.ts";
import { insertToken } from "./admission-store.ts";

const TOKEN_BYTES = 32;

export const tokenSha256 = (token: string): Buffer<ArrayBuffer> =>
  Buffer.from(createHash("sha256").update(token, "utf8").digest());

/**
 * What the holder of a lease shows the gateway: given once, kept as its hash, worth nothing once the lease is over or
 * from another runner. The caller records the entry about the run that grants the lease.
 */
export async function giveToken(
  tx: Tx,
  lease: { readonly leaseId: string; readonly runId: string },
): Promise<string> {
  const token = `phr_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  await insertToken(tx.db, { ...lease, tokenSha256: tokenSha256(token) });
  return token;
}

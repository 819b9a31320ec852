// What the worker does at start: publishes what secrets of channels are sealed to.
import { createHash } from "node:crypto";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { made } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { findKeyByPublic, insertNoticeKey, lockNoticeKeys } from "./channel-store.ts";

/** Publishing the same key again changes nothing. */
export async function publishNoticeKey(
  scope: Scope,
  publicKey: Uint8Array,
): Promise<{ noticeKeyId: string }> {
  const raw = new Uint8Array(publicKey);
  return transaction(scope, async (tx) => {
    await lockNoticeKeys(tx.db);
    const present = await findKeyByPublic(tx.db, raw);
    if (present) return { noticeKeyId: present.id };
    const now = scope.clock.now();
    const id = newId("notice_key", now);
    const sha256 = createHash("sha256").update(raw).digest("hex");
    await insertNoticeKey(tx.db, { id, publicKey: raw, createdAt: new Date(now) });
    tx.record({
      kind: "channel.key_published",
      about: [`channel:${id}`],
      ...made({ channel: id, public_key: sha256 }),
      detail: { public_key_sha256: sha256 },
    });
    return { noticeKeyId: id };
  });
}

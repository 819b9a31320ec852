// What the gateway itself does with providers: publishes what keys are sealed to, and tries keys when asked.
import { createHash } from "node:crypto";
import { MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { made } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { type AskedTest, TestAnswer } from "./schema.ts";
import { findByPublicKey, insertGatewayKey, lockGatewayKeys, markAnswered, selectAsked } from "./store.ts";

/** At start: keys are sealed to this from now on. Publishing the same key again changes nothing. */
export async function publishGatewayKey(
  scope: Scope,
  publicKey: Uint8Array,
): Promise<{ gatewayKeyId: string }> {
  const raw = new Uint8Array(publicKey);
  return transaction(scope, async (tx) => {
    await lockGatewayKeys(tx.db);
    const present = await findByPublicKey(tx.db, raw);
    if (present) return { gatewayKeyId: present.id };
    const now = scope.clock.now();
    const id = newId("gateway_key", now);
    const sha256 = createHash("sha256").update(raw).digest("hex");
    await insertGatewayKey(tx.db, { id, publicKey: raw, createdAt: new Date(now) });
    tx.record({
      kind: "gateway.key_published",
      about: [`gateway:${id}`],
      ...made({ gateway: id, public_key: sha256 }),
      detail: { public_key_sha256: sha256 },
    });
    return { gatewayKeyId: id };
  });
}

/** Whoever asked has left the page by then. */
const ASKED_LATELY = 10 * MINUTE;
const AT_ONCE = 10;

/** Tests that wait, with what is sealed; for the gateway alone. */
export async function listAskedTests(scope: Scope): Promise<AskedTest[]> {
  const since = new Date(scope.clock.now() - ASKED_LATELY);
  return read(scope, (db) => selectAsked(db, since, AT_ONCE));
}

/** What the gateway found. False when it was answered before. The problem's text must hold nothing of the key. */
export async function answerTest(scope: Scope, asked: AskedTest, answer: TestAnswer): Promise<boolean> {
  const { models, problem } = TestAnswer.parse(answer);
  return transaction(scope, async (tx) => {
    if (!(await markAnswered(tx.db, asked.testId, answer, new Date(scope.clock.now())))) return false;
    tx.record({
      kind: "provider.key_tested",
      about: [`provider:${asked.providerId}`],
      detail: {
        ...{ key: asked.keyId, test: asked.testId },
        ...{ outcome: problem === null ? "works" : "fails", models: models.length },
      },
    });
    return true;
  });
}

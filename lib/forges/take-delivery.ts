// A call of a forge: signed with the secret that was made for it, and taken once. Of code it is believed nothing but that there
// is something to look at; the worker then reads the repository itself. Of deployments it is the word of who deploys.
import { createHmac, timingSafeEqual } from "node:crypto";
import { authSettings } from "../auth/settings.ts";
import { read, transaction } from "../db.ts";
import { TELLING_OF_DEPLOYMENTS, takeDeploymentCall } from "../deliveries/github/take-deployment-call.ts";
import { notFound } from "../errors.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Scope } from "../scope.ts";
import { openHere } from "../sealing/kept-here.ts";
import { requestRulesRead } from "./holding/note-rules.ts";
import { keptHook } from "./hook-secret.ts";
import { findHook, insertDelivery } from "./store.ts";

export interface Delivered {
  readonly connectionId: string;
  /** As the forge numbers its calls. */
  readonly deliveryId: string;
  readonly event: string;
  /** `sha256=` and hex, over the bytes of the body. */
  readonly signature: string;
  readonly body: Uint8Array;
}

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const DELIVERY = /^[0-9A-Za-z-]{1,100}$/;
const EVENT = /^[a-z_]{1,60}$/;

/** After these the repository is looked at. */
const TELLING: readonly string[] = ["push", "pull_request"];
/** After these its rules are. */
const TELLING_OF_RULES: readonly string[] = ["repository_ruleset", "branch_protection_rule"];

export function isSignedWith(secret: string, body: Uint8Array, signature: string): boolean {
  if (!SIGNATURE.test(signature)) return false;
  const wanted = createHmac("sha256", secret).update(body).digest();
  return timingSafeEqual(wanted, Buffer.from(signature.slice("sha256=".length), "hex"));
}

/** Throws not_found alike for a connection that is none and for a signature that is not ours. */
export async function takeDelivery(scope: Scope, delivered: Delivered): Promise<void> {
  const { connectionId, deliveryId, event, signature, body } = delivered;
  const hook = await read(scope, (db) => findHook(db, connectionId));
  const secret = hook && openHere(authSettings().secret, keptHook(connectionId), hook.hookSecret);
  if (!hook || !secret || !isSignedWith(secret, body, signature)) throw notFound("forge connection");
  if (!DELIVERY.test(deliveryId) || !EVENT.test(event)) throw notFound("forge connection");
  await transaction(scope, async (tx) => {
    const takenAt = new Date(scope.clock.now());
    if (!(await insertDelivery(tx.db, { connectionId, deliveryId, event, takenAt }))) return;
    const { repositoryId, address } = hook;
    if (TELLING.includes(event)) await enqueue(tx, "mirror_repository", { repositoryId }, repositoryId);
    if (TELLING_OF_RULES.includes(event)) await requestRulesRead(tx, repositoryId);
    if (TELLING_OF_DEPLOYMENTS.includes(event))
      await takeDeploymentCall(tx, scope, { repositoryId, address, body });
  });
}

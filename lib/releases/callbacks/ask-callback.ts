// Whoever asks for a release names where its decision is told. Asked again from another place, both are told.
import { createHash } from "node:crypto";
import type { Tx } from "../../db.ts";
import { noticeHostsAllowed } from "../../env.ts";
import { notFound, refused } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { actorId, type Scope } from "../../scope.ts";
import { countCallbacks, insertCallback } from "../callback-store.ts";
import { type AskRelease, ReleaseDocument } from "../schema.ts";
import { findByGate, findDocument } from "../store.ts";
import { type CallbackPlace, callbackPlace } from "./rules.ts";

/** Of one release; every re-run of a workflow has another address. */
const MOST = 50;

/** Throws bad_input for an address that is none of GitHub's. */
export function callbackIn({ deployment_callback_url: url }: AskRelease): CallbackPlace | null {
  return url === undefined ? null : callbackPlace(url, noticeHostsAllowed());
}

/** The same address again changes nothing. */
export async function addCallback(
  tx: Tx,
  scope: Scope,
  gateId: string,
  { url, host }: CallbackPlace,
): Promise<void> {
  const release = await findByGate(tx.db, gateId);
  if (!release) throw notFound("release");
  const now = scope.clock.now();
  const id = newId("callback", now);
  const asked = { askedBy: actorId(scope.actor), askedAt: new Date(now) };
  if (!(await insertCallback(tx.db, { id, releaseId: release.id, url, host, ...asked }))) return;
  if ((await countCallbacks(tx.db, release.id)) > MOST)
    throw refused(`${MOST} places are told of this release already. Ask for its decision instead.`);
  tx.record({
    kind: "release.callback_asked",
    about: [`release:${release.id}`, `gate:${gateId}`, `pilot:${release.pilotId}`],
    charter: ReleaseDocument.parse(JSON.parse(await findDocument(tx.db, gateId))).charter,
    detail: { callback: id, url_sha256: createHash("sha256").update(url).digest("hex") },
  });
}

// A call of a pager: signed with its secret, else it was nobody. The same call again changes nothing.
import { authSettings } from "../../auth/settings.ts";
import { read, transaction } from "../../db.ts";
import { badInput, notFound } from "../../errors.ts";
import type { Scope } from "../../scope.ts";
import { openHere } from "../../sealing/kept-here.ts";
import { recordInTx } from "../imports/record-batch.ts";
import { keptPager } from "./connect-pager.ts";
import { type Called, incidentRow, isSignedByPager, pageRow, pagerSource } from "./rules.ts";
import { PagerCall, PagerIncident } from "./schema.ts";
import { findPagerHook } from "./store.ts";

export interface PagerDelivered {
  readonly pagerId: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

/** Null where it is about no incident, such as the call that tries a new webhook. */
function calledOf(body: Uint8Array): Called | null {
  try {
    const { event } = PagerCall.parse(JSON.parse(Buffer.from(body).toString("utf8")));
    if (event.data.type !== "incident") return null;
    const incident = PagerIncident.parse(event.data);
    return { eventId: event.id, eventType: event.event_type, at: event.occurred_at, incident };
  } catch (cause) {
    throw Object.assign(badInput("This is no call as PagerDuty's webhooks, version 3, have it."), { cause });
  }
}

/** Throws not_found alike for a connection that is none and for a signature that is not its own. */
export async function takePagerCall(
  scope: Scope,
  { pagerId, signature, body }: PagerDelivered,
): Promise<void> {
  const hook = await read(scope, (db) => findPagerHook(db, pagerId));
  const secret = hook && openHere(authSettings().secret, keptPager(pagerId), hook.hookSecret);
  if (!hook || !secret || !isSignedByPager(secret, body, signature)) throw notFound("pager");
  const called = calledOf(body);
  if (called === null) return;
  const { repositoryId, about } = hook;
  const incident = incidentRow(repositoryId, called);
  const page = pageRow(repositoryId, about, called);
  const from = { way: "pagerduty_call", source: pagerSource(pagerId) } as const;
  await transaction(scope, async (tx) => {
    if (incident) await recordInTx(tx, scope, { ...from, kind: "incident", rows: [incident] }, null);
    if (page) await recordInTx(tx, scope, { ...from, kind: "page_call", rows: [page] }, null);
  });
}

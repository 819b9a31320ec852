// A gate that waits past half of its time is told to the others who may decide it, once: by the channels they have, and
// where somebody has none by mail.
import { type Db, read, type Tx, transaction } from "../db.ts";
import { charterOfGate } from "../gates/open-gate.ts";
import { findWaitingGate } from "../gates/waiting.ts";
import { liveGrants, peopleWith } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import {
  insertEscalation,
  type OverdueGate,
  type Subscriber,
  selectChannelsOf,
  selectHalfOver,
  selectMailChannels,
  selectTold,
} from "./follow-store.ts";
import { deputiesOf } from "./owners/owners.ts";
import { mayUse, mayUseShared } from "./rules.ts";
import { findHours } from "./subscription-store.ts";
import { writeNotices } from "./write-notices.ts";

/** How many gates were looked at. */
export async function escalateGates(scope: Scope): Promise<number> {
  const overdue = await read(scope, (db) => selectHalfOver(db, new Date(scope.clock.now())));
  for (const gate of overdue) await transaction(scope, (tx) => escalate(tx, scope, gate));
  return overdue.length;
}

async function escalate(tx: Tx, scope: Scope, gate: OverdueGate): Promise<void> {
  const { id, pilotId, runId } = gate;
  const others = await othersWhoMayDecide(tx, scope, gate);
  const by = await waysTo(tx.db, others, pilotId ?? "");
  const told = new Set(by.map(({ personId }) => personId)).size;
  const now = scope.clock.now();
  if (!(await insertEscalation(tx.db, id, new Date(now), told))) return;
  const facts = { gateId: id, ...(runId === null ? {} : { runId }), escalated: true } as const;
  const event = {
    kind: "gate_waiting",
    key: `escalated:${id}`,
    pilotId,
    at: now,
    grave: false,
    facts,
  } as const;
  await writeNotices(tx, scope, event, by);
  tx.record({
    kind: "gate.escalated",
    about: [`gate:${id}`, ...(pilotId === null ? [] : [`pilot:${pilotId}` as const])],
    charter: await charterOfGate(tx, { runId, pilotId }),
    detail: { told },
  });
}

async function othersWhoMayDecide(
  tx: Tx,
  scope: Scope,
  { id, pilotId, roles }: OverdueGate,
): Promise<string[]> {
  const gate = await findWaitingGate(tx.db, id);
  const told = await selectTold(tx.db, `gate:${id}`, "gate_waiting");
  const others: string[] = [];
  const holders = (await peopleWith(tx.db, roles, pilotId ?? "")).map((holder) => holder.personId);
  for (const personId of new Set([...holders, ...(await deputiesOf(tx.db, pilotId))])) {
    const grants = await liveGrants(tx, personId);
    const wasTold = told.some((each) => each.id === personId && (!each.shared || mayUseShared(grants)));
    if (!wasTold && gate?.mayDecide(personId, grants, scope.clock.now())) others.push(personId);
  }
  return others;
}

/**
 * Every channel of theirs, whatever they asked to be told by it, but none that others read and that they did not ask to be told
 * of this pilot by; else their own address, by the first mail channel.
 */
export async function waysTo(db: Db, people: readonly string[], pilotId: string): Promise<Subscriber[]> {
  const own: Subscriber[] = [];
  for (const way of await selectChannelsOf(db, people, pilotId))
    if (mayUse(await liveGrants({ db }, way.personId), way.channelKind)) own.push(way);
  const without = people.filter((personId) => own.every((way) => way.personId !== personId));
  const [mail] = await selectMailChannels(db);
  if (mail === undefined) return own;
  const byMail: Subscriber[] = [];
  for (const personId of without) {
    const hours = await findHours(db, personId);
    const { timeZone, fromMinute, toMinute } = hours ?? { timeZone: "UTC", fromMinute: 0, toMinute: 0 };
    byMail.push({
      ...{ personId, channelId: mail, channelKind: "smtp", hasHours: hours !== null },
      ...{ timeZone, fromMinute, toMinute },
    });
  }
  return [...own, ...byMail];
}

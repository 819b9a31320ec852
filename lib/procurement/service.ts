import { listAgents, requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { can, PermissionDenied, visiblePilots } from "../authz/rules.ts";
import { DAY } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { actorId, type Scope } from "../scope.ts";
import { topicsOf } from "./rules.ts";
import type { Measured, NoteProcurement, SheetRow } from "./schema.ts";
import { insertNote, selectMeasured, selectNotes } from "./store.ts";

const NOTHING: Measured = {
  ...{ runs: 0, finished: 0, verified: 0, meanMicros: null, medianMinutes: null, longestMinutes: null },
  ...{ reviewed: 0, sessions: 0, firstCalls: 0, longCalls: 0 },
  ...{ calls: 0, largestInputTokens: null, firstTokenMs: null, longFirstTokenMs: null, declinedAsks: 0 },
};

/** Every agent with a model: what people wrote down, and what its runs in pilots that the scope may see showed. */
export async function getSheet(scope: Scope): Promise<SheetRow[]> {
  if (!can(scope.grants, "agent.view")) throw new PermissionDenied("agent.view", null);
  const { notes, measured } = await read(scope, async (db) => ({
    notes: await selectNotes(db),
    measured: await selectMeasured(db, visiblePilots(scope.grants, "run.view")),
  }));
  const agents = (await listAgents(scope)).filter(({ model }) => model !== null);
  return agents.map(({ id, name, driver, model, providerName }) => ({
    ...{ agentId: id, name, driver, model, providerName },
    topics: topicsOf(
      notes.filter(({ agentId }) => agentId === id),
      scope.clock.now(),
    ),
    measured: measured.find(({ agentId }) => agentId === id) ?? NOTHING,
  }));
}

const digestOf = (text: string): string => sha256Hex(Buffer.from(text, "utf8"));

/** Writes down what is known of an agent, from where and of which day. Nothing is overwritten: earlier statements stay. */
export async function noteProcurement(scope: Scope, input: NoteProcurement): Promise<{ noteId: string }> {
  requirePermission(scope, "agent.create", null);
  const { agentId, topic, text, source } = input;
  const now = scope.clock.now();
  const asOf = Date.parse(input.asOf);
  const late = "That day has not come yet.";
  // Where it is a day later than in UTC already, today is tomorrow here.
  if (asOf > now + DAY) throw refused(late, { asOf: [late] });
  return transaction(scope, async (tx) => {
    await requireAgent(tx.db, agentId);
    const id = newId("procurement_note", now);
    const entered = { enteredBy: actorId(scope.actor), enteredAt: new Date(now) };
    await insertNote(tx.db, { id, agentId, topic, text, source, asOf: new Date(asOf), ...entered });
    tx.record({
      kind: "agent.procurement_noted",
      about: [`agent:${agentId}`],
      detail: {
        ...{ note: id, topic, as_of: asOf },
        ...{ text_sha256: digestOf(text), source_sha256: digestOf(source) },
      },
    });
    return { noteId: id };
  });
}

// Budgets that are nearly spent. Looked at by the clock: what calls cost is counted in rows, and no entry says that a
// share was reached. Each is told once; a cap that was raised is another.
import { budgetStates } from "../budgets/service.ts";
import { read, transaction } from "../db.ts";
import { budgetsOf } from "../model-calls/rules.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { addresseesOf } from "./addressees.ts";
import { selectBudgeted } from "./follow-store.ts";
import { NEARLY, percentOf } from "./rules.ts";
import type { NoticeEvent } from "./schema.ts";
import { writeNotices } from "./write-notices.ts";

export async function watchBudgets(scope: Scope): Promise<void> {
  const now = scope.clock.now();
  for (const event of await nearlySpent(scope, now)) {
    await transaction(scope, async (tx) => {
      await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, now));
    });
  }
}

async function nearlySpent(scope: Scope, now: number): Promise<NoticeEvent[]> {
  return read(scope, async (db) => {
    const events = new Map<string, NoticeEvent>();
    for (const { runId, pilotId, timeZone } of await selectBudgeted(db)) {
      const active = await findActiveCharter(db, pilotId);
      if (!active) continue;
      const day = dayIn(timeZone, now);
      const budgets = budgetsOf(active.charter);
      for (const state of await budgetStates(db, { runId, pilotId, day, budgets })) {
        const percent = percentOf(state.spentMicros + state.reservedMicros, state.limitMicros);
        if (percent < NEARLY) continue;
        const which = { run: runId, day: `${pilotId} ${day}`, pilot: pilotId }[state.name];
        const key = `budget:${state.name} ${which} ${state.limitMicros}`;
        const facts = { budget: state.name, percent, ...(state.name === "run" ? { runId } : {}) };
        events.set(key, { kind: "budget_nearly_spent", key, pilotId, at: now, grave: false, facts });
      }
    }
    return [...events.values()];
  });
}

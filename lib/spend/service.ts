// What a pilot has cost: by whom, for what, and how long its budget lasts.
import { requirePermission } from "../authz/require.ts";
import { listNotes } from "../boards/notes.ts";
import { type Db, read } from "../db.ts";
import { humanMinutesOn } from "../env.ts";
import { conflict } from "../errors.ts";
import { kpiContextOf, readKpiIn } from "../kpis/read-kpi.ts";
import { dayIn } from "../pilots/rules.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { burnDays, projectionOf } from "./rules.ts";
import type { CostPart, RateView, Share, Spend, SpendBy } from "./schema.ts";
import {
  type CallSums,
  type Hours,
  selectCharges,
  selectRates,
  sumPeopleHours,
  sumRunnerHours,
} from "./store.ts";

/** Throws conflict for a pilot that was never active: it cost nothing. */
export async function getSpend(scope: Scope, pilotId: string): Promise<Spend> {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await getPilot(scope, pilotId);
  const { activatedAt, endedAt, timeZone } = pilot;
  if (!activatedAt) throw conflict("The pilot was never active, so it has cost nothing.");
  const asOf = new Date(scope.clock.now());
  const until = endedAt ?? asOf;
  const notes = await listNotes(scope, pilotId, { from: activatedAt, to: until });
  return read(scope, async (db) => {
    const context = await kpiContextOf(db, pilotId);
    const { budgetMicros, endsOn } = context;
    const window = { pilotId, kpi: "validated_fixes", from: activatedAt, to: until, asOf } as const;
    const { numerator: fixes } = await readKpiIn(db, context, window);
    const charges = await selectCharges(db, pilotId);
    const today = dayIn(timeZone, until.getTime());
    const first = dayIn(timeZone, activatedAt.getTime());
    const days = burnDays(byDay(charges), { first, last: today, budgetMicros });
    const spentMicros = sumOf(charges);
    return {
      ...{ pilotId, pilotName: pilot.name, timeZone, asOf, budgetMicros, endsOn, spentMicros },
      shares: sharesOf(charges),
      days,
      projection: endedAt || budgetMicros === 0 ? null : projectionOf(days, today, endsOn),
      fixes: fixes ?? 0,
      costs: await costsOf(db, pilotId, timeZone, asOf, spentMicros),
      ...{ notes, rates: await selectRates(db, pilotId) },
    };
  });
}

export async function listRates(scope: Scope, pilotId: string): Promise<RateView[]> {
  requirePermission(scope, "kpi.view", pilotId);
  return read(scope, (db) => selectRates(db, pilotId));
}

const sumOf = (charges: readonly { readonly micros: number }[]) =>
  charges.reduce((sum, { micros }) => sum + micros, 0);

function byDay(charges: readonly CallSums[]): Map<string, number> {
  const days = new Map<string, number>();
  for (const { day, micros } of charges) days.set(day, (days.get(day) ?? 0) + micros);
  return days;
}

const NAMED = {
  agent: ({ agentId, agentName }) => [agentId, agentName],
  model: ({ model }) => [model, model],
  kind: ({ kind }) => [kind, kind],
} as const satisfies Record<SpendBy, (sums: CallSums) => readonly [key: string, title: string]>;

/** What cost most first: it is money that is put in order, and no person. */
function sharesBy(charges: readonly CallSums[], by: SpendBy): Share[] {
  const shares = new Map<string, Share>();
  for (const charge of charges) {
    const [key, title] = NAMED[by](charge);
    const { micros, calls } = shares.get(key) ?? { micros: 0, calls: 0 };
    shares.set(key, { key, title, micros: micros + charge.micros, calls: calls + charge.calls });
  }
  return [...shares.values()].sort(
    (one, other) => other.micros - one.micros || (one.key < other.key ? -1 : 1),
  );
}

const sharesOf = (charges: readonly CallSums[]): Spend["shares"] => ({
  agent: sharesBy(charges, "agent"),
  model: sharesBy(charges, "model"),
  kind: sharesBy(charges, "kind"),
});

/** Hours without a price cost nothing that is known: nothing is told where none has one. */
const pricedPart = ({ hours, priced, micros }: Hours) => ({
  ...{ micros: priced > 0 ? micros : null, hours, unpricedHours: hours - priced },
});

async function costsOf(
  db: Db,
  pilotId: string,
  timeZone: string,
  now: Date,
  modelMicros: number,
): Promise<CostPart[]> {
  const { hiddenWeeks, weeks, ...people } = await sumPeopleHours(db, pilotId, now);
  const none = { unpricedHours: 0, hiddenWeeks: 0 };
  const areCounted = humanMinutesOn() || weeks > 0;
  return [
    { part: "model", micros: modelMicros, hours: null, ...none },
    { part: "runner", ...pricedPart(await sumRunnerHours(db, pilotId, timeZone, now)), hiddenWeeks: 0 },
    areCounted
      ? { part: "people", ...pricedPart(people), hiddenWeeks }
      : { part: "people", micros: null, hours: null, ...none },
  ];
}

// Which calls may be made of what is left. Pure: the rows are locked by whoever asks.
import type { BudgetName } from "../model-calls/schema.ts";
import type { BudgetKey, BudgetState, BudgetUse, Claim } from "./schema.ts";

export const keyText = ({ kind, subject, day }: BudgetKey): string => `${kind} ${subject} ${day}`;

type Capped = readonly [name: BudgetName, key: BudgetKey, limitMicros: number];

/** The rows a call counts in, the narrowest first: that is the one a refusal names. */
export const capsOf = ({ runId, pilotId, day, budgets }: Omit<Claim, "micros">): readonly Capped[] => [
  ["run", { kind: "run", subject: runId, day: "" }, budgets.runMicros],
  ["day", { kind: "day", subject: pilotId, day }, budgets.dayMicros],
  ["pilot", { kind: "pilot", subject: pilotId, day: "" }, budgets.pilotMicros],
];

/** Every row of some calls once, in the one order in which rows are locked. */
export function keysOf(claims: readonly Omit<Claim, "micros">[]): BudgetKey[] {
  const keys = claims.flatMap((claim) => capsOf(claim).map(([, key]) => key));
  const byText = new Map(keys.map((key) => [keyText(key), key]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

const UNUSED: BudgetUse = { reservedMicros: 0, spentMicros: 0 };

export interface Decided {
  /** By call, in the order of the claims: null when it may be made, else the cap that is in its way. */
  readonly refusals: readonly (BudgetState | null)[];
  /** What each row holds back more than before. */
  readonly added: ReadonlyMap<string, number>;
}

/** In the order of the claims: each is weighed against what those before it hold back. */
export function decideClaims(claims: readonly Claim[], use: ReadonlyMap<string, BudgetUse>): Decided {
  const added = new Map<string, number>();
  const refusals = claims.map((claim) => {
    const states = capsOf(claim).map(([name, key, limitMicros]) => {
      const { reservedMicros, spentMicros } = use.get(keyText(key)) ?? UNUSED;
      const held = reservedMicros + (added.get(keyText(key)) ?? 0);
      return { name, limitMicros, spentMicros, reservedMicros: held, key: keyText(key) };
    });
    const short = states.find(
      ({ spentMicros, reservedMicros, limitMicros }) =>
        spentMicros + reservedMicros + claim.micros > limitMicros,
    );
    if (short) {
      const { key: _, ...state } = short;
      return state;
    }
    for (const { key } of states) added.set(key, (added.get(key) ?? 0) + claim.micros);
    return null;
  });
  return { refusals, added };
}

/** What some calls, taken together, add to a row. */
export interface Hold extends BudgetKey {
  readonly micros: number;
  /** What may be in use of it before they do, if each of them is to fit: their sentence is `decideClaims`'s. */
  readonly most: number;
}

/** In the order in which rows are locked. */
export function holdsOf(claims: readonly Claim[]): Hold[] {
  const sums = new Map<string, { micros: number; most: number }>();
  for (const claim of claims)
    for (const [, key, limitMicros] of capsOf(claim)) {
      const { micros: before = 0, most = Number.MAX_SAFE_INTEGER } = sums.get(keyText(key)) ?? {};
      const micros = before + claim.micros;
      sums.set(keyText(key), { micros, most: Math.min(most, limitMicros - micros) });
    }
  return keysOf(claims).map((key) => ({ ...key, ...(sums.get(keyText(key)) ?? { micros: 0, most: 0 }) }));
}

/** A call that is over. */
export interface Settled {
  readonly runId: string;
  readonly pilotId: string;
  readonly day: string;
  readonly reservedMicros: number;
  readonly chargedMicros: number;
}

/** What a row holds back and has spent more than before. */
export interface Release extends BudgetKey {
  readonly reserved: number;
  readonly spent: number;
}

const NO_BUDGETS = { runMicros: 0, dayMicros: 0, pilotMicros: 0 };

/** What calls held is given back and what they cost is counted, in the order in which rows are locked. */
export function releasesOf(calls: readonly Settled[]): Release[] {
  const capped = calls.map((call) => ({ ...call, budgets: NO_BUDGETS }));
  const sums = new Map(keysOf(capped).map((key) => [keyText(key), { ...key, reserved: 0, spent: 0 }]));
  for (const call of capped)
    for (const [, key] of capsOf(call)) {
      const sum = sums.get(keyText(key));
      if (!sum) continue;
      sum.reserved -= call.reservedMicros;
      sum.spent += call.chargedMicros;
    }
  return [...sums.values()];
}

const dollars = (micros: number): string => `$${(micros / 1_000_000).toFixed(micros < 1_000_000 ? 4 : 2)}`;

const OF: Record<BudgetName, string> = { run: "this run", day: "today's runs", pilot: "the pilot" };

/** Whether a sentence is one of those below, as an agent's program may quote it. */
export const saysUsedUp = (text: string): boolean =>
  Object.values(OF).some((name) => text.includes(`The budget of ${name} is used up: `));

/** For whoever reads the agent's output, and for the agent. */
export function refusalSentence(
  { name, limitMicros, spentMicros, reservedMicros }: BudgetState,
  micros: number,
): string {
  const held = reservedMicros > 0 ? ` and ${dollars(reservedMicros)} held back by calls under way` : "";
  return (
    `The budget of ${OF[name]} is used up: of ${dollars(limitMicros)}, ${dollars(spentMicros)} are spent${held}, ` +
    `and this call could cost ${dollars(micros)}. The charter sets the budget.`
  );
}

/** What is left of a cap, never below nothing. */
export const leftOf = ({ limitMicros, spentMicros, reservedMicros }: BudgetState): number =>
  Math.max(0, limitMicros - spentMicros - reservedMicros);

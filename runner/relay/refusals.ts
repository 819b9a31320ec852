// What the relay refused, as events: each kind once when it happens, how often at the end. An agent that knocks a million
// times does not fill its run's log with it.
import type { NewEvent } from "#lib/protocol/events.ts";
import { visibleText } from "#lib/text/rules.ts";

/** Different refusals told one by one; what exceeds them is told as one. */
const MOST_KINDS = 50;
const TARGET_LENGTH = 500;

export interface Refusal {
  readonly method: string;
  /** As asked for. */
  readonly target: string;
  readonly status: number;
  readonly reason: string;
}

export interface Refusals {
  add(refusal: Refusal): Promise<void>;
  /** Tells how often what was told once happened again. */
  close(): Promise<void>;
}

export function createRefusals(emit: (event: NewEvent) => Promise<void>): Refusals {
  const again = new Map<string, Refusal & { times: number }>();

  const tell = ({ method, target, status, reason }: Refusal, times: number): Promise<void> =>
    emit({
      kind: "relay_refused",
      body: {
        method: visibleText(method, "line").slice(0, 20).toWellFormed(),
        target: visibleText(target.slice(0, TARGET_LENGTH), "line").slice(0, TARGET_LENGTH).toWellFormed(),
        status,
        reason: reason.slice(0, 300),
        times,
      },
    });

  return {
    async add(asked) {
      const isOneOfMany = again.size >= MOST_KINDS;
      const refusal = { ...asked, target: asked.target.slice(0, TARGET_LENGTH) };
      const key = JSON.stringify([refusal.method, refusal.target, refusal.status]);
      const known = again.get(key) ?? (isOneOfMany ? again.get("") : undefined);
      if (known) {
        known.times += 1;
        return;
      }
      const first = isOneOfMany ? { ...refusal, target: "more addresses" } : refusal;
      again.set(isOneOfMany ? "" : key, { ...first, times: 0 });
      await tell(first, 1);
    },
    async close() {
      const counted = [...again.values()].filter(({ times }) => times > 0);
      again.clear();
      for (const refusal of counted) await tell(refusal, refusal.times);
    },
  };
}

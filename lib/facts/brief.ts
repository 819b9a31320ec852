import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";

export interface Happened {
  readonly launched: number;
  readonly merged: number;
  /** Ended properly and proposed nothing. */
  readonly noChange: number;
  readonly failed: number;
}

/** What happened to runs of the pilots the scope may see since an instant. */
export async function happenedSince(scope: Scope, since: Date): Promise<Happened> {
  const pilots = visiblePilots(scope.grants);
  const mine = pilots === "all" ? {} : { pilotId: { in: [...pilots] } };
  return read(scope, async (db) => {
    const ended = (outcome: string) =>
      db.runFact.count({ where: { ...mine, outcome, endedAt: { gte: since } } });
    return {
      launched: await db.runFact.count({ where: { ...mine, launchedAt: { gte: since } } }),
      merged: await ended("merged"),
      noChange: await ended("no_change"),
      failed: await ended("failed"),
    };
  });
}

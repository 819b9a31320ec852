// What happened in a pilot's newest runs, judged by another version of its charter.
import { maySee } from "../authz/require.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { findActiveCharter, findVersion } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { replay } from "./rules.ts";
import type { ReplayedRun, ReplayView } from "./schema.ts";
import { countRunsOf, selectCommands, selectHosts, selectRuns } from "./store.ts";

const MOST_RUNS = 200;
const MOST_COMMANDS = 10_000;

/** Null where no charter is in force, or there is no such version. */
export async function replayPilot(
  scope: Scope,
  pilotId: string,
  charterId: string,
): Promise<ReplayView | null> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  return read(scope, async (db) => {
    const inForce = await findActiveCharter(db, pilotId);
    const other = await findVersion(db, pilotId, charterId);
    if (!inForce || !other) return null;
    const rows = await selectRuns(db, pilotId, MOST_RUNS);
    const ids = rows.map(({ runId }) => runId);
    const commands = Map.groupBy(await selectCommands(db, ids, MOST_COMMANDS), ({ runId }) => runId);
    const hosts = Map.groupBy(await selectHosts(db, ids), ({ runId }) => runId);
    const runs = rows.map(
      ({ charged, ...run }): ReplayedRun => ({
        ...run,
        chargedMicros: Number(charged),
        commands: (commands.get(run.runId) ?? []).map(({ argv }) => argv),
        hosts: hosts.get(run.runId) ?? [],
      }),
    );
    return replay(runs, (await countRunsOf(db, pilotId)) - runs.length, inForce.charter, other.charter);
  });
}

// What happened in a pilot's newest runs, judged by another version of its charter.
import { maySee } from "../authz/require.ts";
import { MINUTE } from "../clock.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { LOST } from "../leases/rules.ts";
import { findActiveCharter, findVersion } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { replay, shortened } from "./rules.ts";
import type { ReplayedRun, ReplayView } from "./schema.ts";
import {
  type CommandRow,
  countRunsOf,
  type RunFactsRow,
  selectApprovals,
  selectCommands,
  selectHosts,
  selectRuns,
} from "./store.ts";

const MOST_RUNS = 200;
const MOST_COMMANDS = 10_000;
const MOST_APPROVALS = 1_000;
const MOST_CHARACTERS = 8_000_000;

/** Runs of which every command is known; one at least. */
function whole(runs: readonly RunFactsRow[], commands: readonly CommandRow[]): readonly RunFactsRow[] {
  const last = commands.at(-1);
  if (last === undefined || commands.length === last.of) return runs;
  const known = runs.filter(({ runId }) => runId > last.runId);
  return known.length > 0 ? known : runs.slice(0, 1);
}

interface Known {
  readonly at: number;
  readonly view: Promise<ReplayView | null>;
}

/** Pages that show it are read again whenever the record grows. */
const known = new Map<string, Known>();
const KNOWN_FOR = MINUTE;
const MOST_KNOWN = 200;

/** At most a minute old. Masked. Null where no charter is in force, or there is no such version. */
export async function replayPilot(
  scope: Scope,
  pilotId: string,
  charterId: string,
): Promise<ReplayView | null> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  const now = scope.clock.now();
  const key = `${pilotId} ${charterId}`;
  const found = known.get(key);
  if (found && Math.abs(now - found.at) < KNOWN_FOR) return found.view;
  const view = replayed(scope, pilotId, charterId);
  known.delete(key);
  known.set(key, { at: now, view });
  view.catch(() => known.delete(key)); // whoever asked is told; the next one asks anew
  const oldest = known.keys().next().value;
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  return view;
}

async function replayed(scope: Scope, pilotId: string, charterId: string): Promise<ReplayView | null> {
  return read(scope, async (db) => {
    const inForce = await findActiveCharter(db, pilotId);
    const other = await findVersion(db, pilotId, charterId);
    if (!inForce || !other) return null;
    const newest = await selectRuns(db, pilotId, { limit: MOST_RUNS, lostReason: LOST });
    const ids = newest.map(({ runId }) => runId);
    const said = await selectCommands(db, ids, { most: MOST_COMMANDS, characters: MOST_CHARACTERS });
    const rows = whole(newest, said);
    const commands = Map.groupBy(said, ({ runId }) => runId);
    const hosts = Map.groupBy(await selectHosts(db, ids), ({ runId }) => runId);
    const runs = rows.map(
      ({ charged, ...run }): ReplayedRun => ({
        ...run,
        chargedMicros: Number(charged),
        commands: (commands.get(run.runId) ?? []).map(({ argv }) => argv),
        hosts: hosts.get(run.runId) ?? [],
      }),
    );
    const older = (await countRunsOf(db, pilotId)) - runs.length;
    const approvals = await selectApprovals(db, pilotId, MOST_APPROVALS);
    return shortened(await maskValue(replay(runs, older, inForce.charter, other.charter, approvals)));
  });
}

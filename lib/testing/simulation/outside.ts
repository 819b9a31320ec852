// What happens outside and how it is told: late, twice, and the newer word before the older one.
import { DAY } from "../../clock.ts";
import { listCandidates, listDueDeployments, noteContents } from "../../deliveries/contents/service.ts";
import { reportRows } from "../../deliveries/imports/report-rows.ts";
import { linkIncident } from "../../deliveries/links/link-incident.ts";
import type { RowKind } from "../../deliveries/rows/schema.ts";
import type { Sighting } from "../../merge-watches/schema.ts";
import { noteLook } from "../../merge-watches/service.ts";
import type { Stage } from "./stage.ts";

export const SOURCE = "outside";

export interface Word {
  readonly kind: RowKind;
  readonly row: Readonly<Record<string, unknown>>;
  /** When it is told. */
  readonly toldAt: number;
}

/** Words that nobody has told yet. */
export class Post {
  readonly #waiting: Word[] = [];

  add(...words: readonly Word[]): void {
    this.#waiting.push(...words);
  }

  /** Tells what is due; of one kind the last that happened comes first. */
  async deliver({ operator, clock }: Stage): Promise<void> {
    const now = clock.now();
    const due = this.#waiting.filter(({ toldAt }) => toldAt <= now);
    for (const word of due) this.#waiting.splice(this.#waiting.indexOf(word), 1);
    for (const [kind, words] of Map.groupBy(due, (word) => word.kind))
      await reportRows(operator, kind, { source: SOURCE, rows: words.map(({ row }) => row).reverse() });
  }
}

/** What each deployment brought, as git would say it of a branch that only ever grows. */
export async function lookIntoDeployments({ worker, as, branch, clock }: Stage): Promise<void> {
  await as("worker", async () => {
    for (const deployment of await listDueDeployments(worker)) {
      const lookedAt = new Date(clock.now());
      const place = (sha: string | null) => (sha === null ? -1 : branch.indexOf(sha));
      const carries = (await listCandidates(worker, deployment.repositoryId)).filter(({ commit }) => {
        const at = place(commit);
        return at > place(deployment.previousSha) && at <= place(deployment.headSha);
      });
      await noteContents(worker, { deployment, state: "found", carries, lookedAt });
    }
  });
}

/** A person says which deployment an incident came of. */
export async function blame(
  { operator, database }: Stage,
  incident: string,
  deployment: string | null,
): Promise<void> {
  const idOf = async (table: "incident" | "deployment", externalId: string): Promise<string> => {
    const { rows } = await database.owner.query<{ id: string }>(
      `select id from ${table} where source = $1 and external_id = $2`,
      [SOURCE, externalId],
    );
    return rows[0]?.id ?? "";
  };
  await linkIncident(operator, {
    incidentId: await idOf("incident", incident),
    deploymentId: deployment === null ? null : await idOf("deployment", deployment),
  });
}

export interface Fate {
  readonly seen: Sighting["seen"];
  /** Days after the merge. */
  readonly afterDays: number;
}

interface Watching {
  readonly mergeId: string;
  readonly runId: string;
  readonly until: Date;
  readonly mergedAt: Date;
}

const FOUND_BY: Readonly<Record<Fate["seen"], Sighting["source"]>> = {
  ...{ reverted_here: "run", reverted_by_hand: "trees", rewritten: "ancestry" },
  ...{ changed_again: "lines", check_failed: "check" },
};

export const watching = async ({ database, pilotId }: Stage): Promise<Watching[]> =>
  (
    await database.owner.query<Watching>(
      `select w.merge_id as "mergeId", w.run_id as "runId", w.until, w.merged_at as "mergedAt"
       from merge_watch w join run r on r.id = w.run_id
       where w.state = 'watching' and r.pilot_id = $1 order by w.merged_at, w.merge_id`,
      [pilotId],
    )
  ).rows;

const ENDING: readonly Fate["seen"][] = ["reverted_here", "reverted_by_hand", "rewritten"];

/**
 * One look at the branch for each merge that is watched: what became of it since, and whether its time is over. On an ordinary
 * day at most one is taken back.
 */
export async function lookAtMerges(stage: Stage, fates: ReadonlyMap<string, Fate>): Promise<void> {
  const { worker, clock, branch } = stage;
  const head = branch.at(-1) ?? "";
  let isOneBack = false;
  for (const watch of await watching(stage)) {
    const fate = fates.get(watch.runId);
    const isDue = fate && clock.now() >= watch.mergedAt.getTime() + fate.afterDays * DAY;
    const isBack = isDue && ENDING.includes(fate.seen);
    if (isBack && isOneBack) continue;
    if (!isDue && clock.now() < watch.until.getTime()) continue;
    if (isBack) isOneBack = true;
    const sightings = isDue ? [sightingOf(fate.seen, head)] : [];
    await stage.as("worker", () => noteLook(worker, watch, head, sightings));
  }
}

const sightingOf = (seen: Fate["seen"], commit: string): Omit<Sighting, "at"> => ({
  ...{ seen, commit, source: FOUND_BY[seen], subject: null },
  ...(seen === "changed_again" ? { lines: 2, ofLines: 10 } : { lines: null, ofLines: null }),
});

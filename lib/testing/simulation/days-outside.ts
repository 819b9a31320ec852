// What a day brings outside: changes by people, runs of CI, deployments, incidents, calls of people on duty; and when each is
// told, which has nothing to do with when it was.
import { DAY, HOUR, MINUTE } from "../../clock.ts";
import type { Chance } from "./chance.ts";
import { blame, type Post } from "./outside.ts";
import type { Stage } from "./stage.ts";

export interface Outside {
  readonly stage: Stage;
  readonly chance: Chance;
  readonly post: Post;
}

const iso = (moment: number): string => new Date(moment).toISOString();

export async function humanChange({ stage, chance, post }: Outside): Promise<void> {
  const { clock, repositoryId } = stage;
  const mergeSha = await stage.push();
  const mergedAt = clock.now();
  const externalId = `pr-${mergedAt}`;
  const openedAt = mergedAt - (1 + chance.below(40)) * HOUR;
  const row = {
    ...{ externalId, repository: repositoryId, author: chance.pick(["ada", "bo"]), openedAt: iso(openedAt) },
    ...(chance.is(0.5) ? { firstCommitAt: iso(openedAt - chance.below(20) * HOUR) } : {}),
  };
  const open = { kind: "outside_change", row: { ...row, asOf: iso(openedAt) } } as const;
  const merged = {
    kind: "outside_change",
    row: { ...row, mergeSha, mergedAt: iso(mergedAt), asOf: iso(mergedAt) },
  } as const;
  // Told when it was merged, again days later, and what was true before in between.
  const late = mergedAt + chance.below(4) * DAY;
  post.add(
    { ...merged, toldAt: late },
    { ...open, toldAt: late + DAY },
    { ...merged, toldAt: late + 2 * DAY },
  );
  if (chance.is(0.2)) {
    const takenBackAt = mergedAt + (1 + chance.below(20)) * DAY;
    const revert = {
      ...{ externalId: `undo-${mergedAt}`, repository: repositoryId, openedAt: iso(takenBackAt - HOUR) },
      ...{ mergedAt: iso(takenBackAt), reverts: externalId, asOf: iso(takenBackAt) },
      // Of no commit that anything deployed.
      mergeSha: takenBackAt.toString(16).padStart(40, "e"),
    };
    post.add({ kind: "outside_change", row: revert, toldAt: takenBackAt + HOUR });
  }
}

export function outsideOf({ stage, chance, post }: Outside, day: number): void {
  const { clock, repositoryId, branch } = stage;
  const now = clock.now();
  const headSha = branch.at(-1) ?? "";
  const place = { repository: repositoryId, headSha };
  for (const workflow of ["unit", "browser"])
    for (const hour of [9, 6, 3]) {
      const startedAt = now - hour * HOUR + chance.below(50) * MINUTE;
      const finishedAt = startedAt + (10 + chance.below(60)) * MINUTE;
      const row = {
        ...place,
        externalId: `ci-${workflow}-${day}-${hour}`,
        workflow,
        startedAt: iso(startedAt),
      };
      const ended = {
        ...row,
        finishedAt: iso(finishedAt),
        conclusion: chance.is(0.7) ? "success" : "failure",
      };
      const toldAt = now + chance.below(3) * DAY;
      post.add(
        { kind: "outside_ci_run", row: ended, toldAt },
        { kind: "outside_ci_run", row, toldAt: toldAt + DAY },
      );
    }
  if (chance.is(0.6)) deploy({ stage, chance, post }, day);
  if (chance.is(0.4)) {
    const call = {
      externalId: `call-${day}`,
      service: "shop",
      repository: repositoryId,
      calledAt: iso(now - 5 * HOUR),
    };
    const row = { ...call, about: chance.pick(["tests", "releases", "other"]) };
    post.add({ kind: "page_call", row, toldAt: now }, { kind: "page_call", row, toldAt: now + 2 * DAY });
  }
}

function deploy({ stage, chance, post }: Outside, day: number): void {
  const { clock, repositoryId, branch } = stage;
  const now = clock.now();
  const startedAt = now - 2 * HOUR;
  const row = {
    ...{
      externalId: `dep-${day}`,
      repository: repositoryId,
      environment: chance.is(0.8) ? "production" : "staging",
    },
    ...{ headSha: branch.at(-1) ?? "", startedAt: iso(startedAt) },
  };
  const status = chance.is(0.85) ? "succeeded" : "failed";
  const ended = {
    ...row,
    status,
    finishedAt: iso(startedAt + 20 * MINUTE),
    asOf: iso(startedAt + 20 * MINUTE),
  };
  const running = { ...row, status: "running", asOf: iso(startedAt) };
  const late = now + chance.below(3) * DAY;
  post.add(
    ...[{ kind: "deployment", row: ended, toldAt: late } as const],
    ...[{ kind: "deployment", row: running, toldAt: late + DAY } as const],
  );
  if (chance.is(0.25)) {
    const detectedAt = startedAt + HOUR;
    const seen = {
      ...{ externalId: `inc-${day}`, service: "shop", repository: repositoryId, severity: "high" },
      ...{ detectedAt: iso(detectedAt), ...(chance.is(0.5) ? { deployment: `dep-${day}` } : {}) },
    };
    const restored = { ...seen, restoredAt: iso(detectedAt + (1 + chance.below(30)) * HOUR) };
    post.add({ kind: "incident", row: seen, toldAt: now });
    if (chance.is(0.8)) post.add({ kind: "incident", row: restored, toldAt: now + 2 * DAY });
  } else if (chance.is(0.2)) {
    const back = { ...row, externalId: `back-${day}`, rollbackOf: `dep-${day}`, status: "succeeded" };
    const times = { startedAt: iso(now + HOUR), finishedAt: iso(now + HOUR + 5 * MINUTE) };
    post.add({ kind: "deployment", row: { ...back, ...times }, toldAt: now + DAY });
  }
}

/** Of incidents that name no deployment, some are linked by a person. */
export async function blameSome({ stage, chance }: Outside): Promise<void> {
  const { rows } = await stage.database.owner.query<{ incident: string; deployment: string | null }>(
    `select i.external_id as incident, (select d.external_id from deployment d where d.external_id = replace(i.external_id, 'inc', 'dep'))
       as deployment
     from incident i where i.repository_id = $1 and i.deployment_external_id is null
       and not exists (select from incident_link l where l.incident_id = i.id) order by i.external_id`,
    [stage.repositoryId],
  );
  for (const { incident, deployment } of rows)
    if (chance.is(0.5)) await blame(stage, incident, chance.is(0.8) ? deployment : null);
}

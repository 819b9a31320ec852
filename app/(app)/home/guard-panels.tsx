// What stands on the home page of whoever leads security: each panel as far as they may see.
import {
  AccessChanges,
  CharterChanges,
  ControlsNow,
  Denied,
  FindingsNow,
  OddRuns,
  RecordAge,
} from "#components/home/security.tsx";
import { Waiting } from "#components/home/work.tsx";
import { pausedOf } from "#components/inbox/inbox-rules.ts";
import type { ShellData } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { rowsHref } from "#lib/briefs/rules.ts";
import type { Brief } from "#lib/briefs/schema.ts";
import { listBriefRows, listOddReach } from "#lib/briefs/service.ts";
import { listControls } from "#lib/controls/service.ts";
import { listInbox } from "#lib/gates/service.ts";
import { findLatestCheckpoint } from "#lib/log/latest-checkpoint.ts";
import { countKindSince } from "#lib/log/service.ts";
import { listRuns } from "#lib/runs/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import type { Panels } from "./work-panels.tsx";

export async function guardPanels(scope: Scope, brief: Brief, shell: ShellData): Promise<Panels> {
  const { since, guarded } = brief;
  const [denied, charters, odd, waiting, paused, controls] = await Promise.all([
    listBriefRows(scope, "denied", since).then((rows) => maskValue(rows)),
    listBriefRows(scope, "charters", since),
    listOddReach(scope).then((runs) => maskValue(runs)),
    listInbox(scope, { show: "mine" }),
    listRuns(scope, { statuses: ["paused"] }).then((runs) => maskValue(runs)),
    may(scope, "control.view", null) ? listControls(scope) : null,
  ]);
  const { log } = shell;
  return {
    main: (
      <>
        {controls ? <ControlsNow view={controls} /> : null}
        <Denied rows={denied} href={rowsHref(brief, "denied")} />
        <OddRuns runs={odd} />
        <CharterChanges rows={charters} />
      </>
    ),
    side: (
      <>
        <Waiting waiting={waiting} paused={pausedOf(paused, actorId(scope.actor))} inbox={shell.inbox} />
        <FindingsNow findings={guarded.findings} />
        <AccessChanges changes={guarded.access} />
        {log && can(scope.grants, "log.view") ? (
          <RecordAge
            facts={{
              entries: log.entries,
              witnessedAt: log.witnessedAt,
              signedAt: (await findLatestCheckpoint(scope))?.signedAt ?? null,
              refusedSignIns: await countKindSince(scope, "person.sign_in_refused", new Date(since.at)),
            }}
          />
        ) : null}
      </>
    ),
    below: null,
  };
}

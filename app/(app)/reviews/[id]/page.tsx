import { notFound, redirect } from "next/navigation";
import { z } from "zod";
import { reviewFiles } from "#components/review/diff-rules.ts";
import { ReviewPage } from "#components/review/review-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { findClaims } from "#lib/claims/service.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { page } from "#lib/guard/page.tsx";
import type { PatchView } from "#lib/patches/schema.ts";
import { findShownPatch, readShownDiff } from "#lib/patches/shown-patch.ts";
import { listRedactions } from "#lib/redactions/service.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { findSummary, getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../load-shell.ts";
import { decide, reject } from "./actions.ts";

export default page({
  permission: "run.view",
  query: z.object({
    tab: z.enum(["changes", "evidence", "findings", "document"]).catch("changes"),
    file: z.string().min(1).max(4096).optional().catch(undefined),
    line: z.coerce.number().int().min(1).optional().catch(undefined),
  }),
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const run = await maskValue(await getRun(scope, id));
    const patch = await findShownPatch(scope, id);
    if (!patch) notFound();
    const [diff, evidence, summary, claims, gates, redactions, shell] = await Promise.all([
      readShownDiff(scope, patch),
      listEvidence(scope, id).then((found) => maskValue(found)),
      findSummary(scope, id).then((found) => maskValue(found)),
      findClaims(scope, id).then((found) => maskValue(found)),
      listGatesOf(scope, id),
      listRedactions(scope, id),
      loadShell(scope, session, { run }),
    ]);
    const gate = gates.find(({ kind }) => kind === "merge") ?? null;
    if (gate?.status === "open" && !decidesOn(gate, patch)) redirect(`/reviews/${id}`);
    return (
      <Shell
        data={shell}
        current="inbox"
        pilot={run.pilotId}
        crumbs={[
          { title: "Reviews", href: "/inbox" },
          { title: run.id, href: `/reviews/${run.id}`, mono: true },
        ]}
        rail
      >
        <LiveRefresh />
        <ReviewPage
          run={run}
          patch={patch}
          files={reviewFiles(patch.files, patch.flags, diff.text, diff.lines)}
          evidence={evidence[0] ?? null}
          summary={summary}
          claims={claims}
          gate={gate}
          notice={diff.isTakenAway ? TAKEN_AWAY : noticeOf(run, redactions.length > 0)}
          tab={query.tab}
          findings={await listFindingsOfRun(scope, id)}
          at={query.file === undefined ? null : { path: query.file, line: query.line ?? null }}
          decide={decide}
          reject={can(scope.grants, "gate.decide", run.pilotId) ? reject : null}
        />
      </Shell>
    );
  },
});

const TAKEN_AWAY =
  "The diff was taken away; the run's payloads page says by whom and why. What was decided, and its digests, stay.";

const EVENTS_TAKEN_AWAY =
  "Events of this run were taken away, or are about to be; the run's payloads page says which, by whom and why.";

function noticeOf(run: RunView, hasRedactions: boolean): string | null {
  const reason = run.status === "in_review" ? run.reason : null;
  return [reason, hasRedactions ? EVENTS_TAKEN_AWAY : null].filter(Boolean).join(" ") || null;
}

const Bound = z.looseObject({ patch: z.string() });

/** False when a newer patch and its gate came in between the two readings: what is decided must be what is shown. */
const decidesOn = (gate: GateView, patch: PatchView): boolean =>
  Bound.parse(JSON.parse(gate.document)).patch === patch.digest;

import { notFound, redirect } from "next/navigation";
import { z } from "zod";
import { PullRequests } from "#components/connected/pull-requests.tsx";
import { Attention } from "#components/minutes/attention.tsx";
import { BreakGlass } from "#components/review/break-glass.tsx";
import { ChangesPanel } from "#components/review/changes/changes-panel.tsx";
import { reviewFiles } from "#components/review/diff-rules.ts";
import { ReviewPage } from "#components/review/review-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { findAttestation } from "#lib/attestations/service.ts";
import { can } from "#lib/authz/rules.ts";
import { mayBreakGlass } from "#lib/break-glass/service.ts";
import { findChanges } from "#lib/changes/service.ts";
import { findClaims } from "#lib/claims/service.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { listPullsOfRun } from "#lib/forges/pulls/service.ts";
import { findAgain } from "#lib/gates/again.ts";
import type { GateView } from "#lib/gates/schema.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { whoMayApprove } from "#lib/gates/who-may-approve.ts";
import { page } from "#lib/guard/page.tsx";
import { listEarlier } from "#lib/interdiff/service.ts";
import { listChecks } from "#lib/outside-checks/service.ts";
import type { PatchView } from "#lib/patches/schema.ts";
import { findShownPatch, firstTexts, readShownDiff } from "#lib/patches/shown-patch.ts";
import { listRedactions } from "#lib/redactions/service.ts";
import type { RunStatus, RunView } from "#lib/runs/schema.ts";
import { findSummary, getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { listViewed } from "#lib/viewed/service.ts";
import { loadShell } from "../../load-shell.ts";
import { loadAftermath } from "../../runs/[id]/load-aftermath.tsx";
import { answer } from "../../settings/minutes/actions.ts";
import { decide, reject, signSmash, smash } from "./actions.ts";
import { loadInterdiff } from "./load-interdiff.ts";
import { loadTalk } from "./load-talk.ts";
import { see } from "./talk-actions.ts";

export default page({
  permission: "run.view",
  query: z.object({
    tab: z.enum(["changes", "comments", "interdiff", "evidence", "findings", "document"]).catch("changes"),
    file: z.string().min(1).max(4096).optional().catch(undefined),
    line: z.coerce.number().int().min(1).optional().catch(undefined),
    since: z.string().max(100).optional().catch(undefined),
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
    const files = reviewFiles(diff.isTakenAway ? [] : patch.files, patch.flags, diff.files);
    const earlier = await listEarlier(scope, id);
    const glass = await mayBreakGlass(scope, id);
    const pulls = await maskValue(await listPullsOfRun(scope, id));
    const tab = query.tab === "interdiff" && earlier.length === 0 ? "changes" : query.tab;
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
        <Attention runId={run.id} purpose="review" answer={answer} />
        <ReviewPage
          key={`${patch.id}:${diff.version}`}
          run={run}
          patch={patch}
          files={files}
          diff={{
            url: `/api/runs/${run.id}/diff?patch=${patch.id}`,
            whole: `/api/runs/${run.id}/diff/whole?patch=${patch.id}&version=${diff.version}`,
            first: firstTexts(
              diff,
              files.map(({ place }) => place),
              FIRST_TEXTS,
            ),
            images: `/api/runs/${run.id}/diff/image?patch=${patch.id}`,
            version: diff.version,
          }}
          evidence={evidence[0] ?? null}
          summary={summary}
          claims={claims}
          outside={await maskValue(await listChecks(scope, { runId: id, patchId: patch.id }))}
          gate={gate}
          notice={diff.isTakenAway ? TAKEN_AWAY : noticeOf(run, evidence[0] ?? null, redactions.length > 0)}
          tab={tab}
          talk={await loadTalk(scope, run)}
          viewed={await listViewed(scope, id)}
          see={see}
          before={earlier[0] ?? null}
          interdiff={tab === "interdiff" ? await loadInterdiff(scope, patch, earlier, query.since) : null}
          findings={await listFindingsOfRun(scope, id)}
          at={query.file === undefined ? null : { path: query.file, line: query.line ?? null }}
          approvers={gate?.status === "open" ? await whoMayApprove(scope, gate.id) : null}
          attestation={run.status === "merged" ? await findAttestation(scope, id) : null}
          aftermath={await loadAftermath(scope, run)}
          again={gate?.status === "open" ? await findAgain(scope, gate) : null}
          changes={<ChangesPanel runId={id} changes={await findChanges(scope, patch)} />}
          decide={decide}
          pulls={pulls.length > 0 ? <PullRequests pulls={pulls} /> : null}
          glass={
            glass === null ? null : (
              <BreakGlass
                runId={id}
                patch={patch.digest}
                action={smash}
                ask={glass === "passkey" ? signSmash : null}
              />
            )
          }
          reject={can(scope.grants, "gate.decide", run.pilotId) ? reject : null}
        />
      </Shell>
    );
  },
});

/** Characters of the diff that come with the page: what the first window shows of nearly every patch. */
const FIRST_TEXTS = 48 * 1024;

const TAKEN_AWAY =
  "The diff was taken away; the run's payloads page says by whom and why. What was decided, and its digests, stay.";

const EVENTS_TAKEN_AWAY =
  "Events of this run were taken away, or are about to be; the run's payloads page says which, by whom and why.";

/** States in which the reason says why the review is not where it was: a merge was refused, or the base moved. */
const TOLD: readonly RunStatus[] = ["queued", "verifying", "in_review"];

/** What evidence says that opens no gate stands at the head, and is not said twice. */
function noticeOf(run: RunView, evidence: EvidenceView | null, hasRedactions: boolean): string | null {
  const isSaid = evidence !== null && evidence.document.judgement.verdict !== "verified";
  const reason = TOLD.includes(run.status) && !isSaid ? run.reason : null;
  return [reason, hasRedactions ? EVENTS_TAKEN_AWAY : null].filter(Boolean).join(" ") || null;
}

const Bound = z.looseObject({ patch: z.string() });

/** False when a newer patch and its gate came in between the two readings: what is decided must be what is shown. */
const decidesOn = (gate: GateView, patch: PatchView): boolean =>
  Bound.parse(JSON.parse(gate.document)).patch === patch.digest;

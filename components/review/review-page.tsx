"use client";

import { Clock, PanelRightClose, PanelRightOpen } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useRef, useState } from "react";
import type { AttestationView } from "#lib/attestations/schema.ts";
import type { ClaimsView } from "#lib/claims/schema.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import type { FindingView } from "#lib/findings/schema.ts";
import type { ApproversLeft } from "#lib/gates/approver-rules.ts";
import type { AgainView, GateView } from "#lib/gates/schema.ts";
import type { ChecksView } from "#lib/outside-checks/schema.ts";
import type { PatchView } from "#lib/patches/schema.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";
import { FindingsPanel } from "../findings/findings-panel.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDuration } from "../format.ts";
import { Badge, Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Facts } from "../ui/key-value.tsx";
import { Note } from "../ui/note.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useNarrow } from "../ui/use-narrow.ts";
import { Code, Visible } from "../ui/visible.tsx";
import { ApproveAgain } from "./approve-again.tsx";
import { Attested } from "./attested.tsx";
import { CommentsPanel, SendToAgent } from "./comments/comments-panel.tsx";
import { NO_TALK, type Talk } from "./comments/talk.ts";
import { useTalk } from "./comments/use-talk.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import { DecisionDocument } from "./decision-document.tsx";
import { useReviewKeys } from "./diff/keys.ts";
import type { Layout } from "./diff/lines/rows.ts";
import { DiffPane, type DiffText } from "./diff/pane.tsx";
import { Spots } from "./diff/surface/spots.ts";
import type { DiffState, DiffViewHandle } from "./diff/view.tsx";
import { whyNotYet, withoutSpace } from "./diff/why-not-yet.ts";
import type { ReviewFile } from "./diff-rules.ts";
import { EvidenceBand } from "./evidence/band.tsx";
import { EvidencePanel } from "./evidence/panel.tsx";
import { FileList } from "./file-list.tsx";
import { InterdiffPane, type InterdiffShown } from "./interdiff/interdiff-pane.tsx";
import { RejectBar } from "./reject-bar.tsx";
import { type OpenAt, useOpenAt } from "./use-open-at.ts";
import { type KeepViewed, useViewed } from "./use-viewed.ts";
import { ViewedTick } from "./viewed-tick.tsx";
import { WhoMayApprove } from "./who-may-approve.tsx";

export interface ReviewPageProps {
  readonly run: RunView;
  readonly patch: PatchView;
  /** `reviewFiles(patch.files, patch.flags, diff.files)`. */
  readonly files: readonly ReviewFile[];
  readonly diff: DiffText;
  readonly evidence: EvidenceView | null;
  readonly summary: Summary | null;
  readonly claims: ClaimsView | null;
  /** What programs outside reported of this patch. */
  readonly outside?: ChecksView | null;
  /** The newest merge gate; null before there is one. */
  readonly gate: GateView | null;
  /** One sentence when the base moved or a merge was refused. */
  readonly notice: string | null;
  readonly tab: "changes" | "comments" | "interdiff" | "evidence" | "findings" | "document";
  /** What was said about it, and what this person may say. */
  readonly talk?: Talk;
  /** Files that this person viewed as they are now, and what keeps it so. */
  readonly viewed?: readonly string[];
  readonly see?: KeepViewed;
  /** The newest patch before this one; null where there is none. */
  readonly before?: { readonly id: string; readonly attempt: number } | null;
  /** With the tab of that name. */
  readonly interdiff?: InterdiffShown | null;
  readonly findings: readonly FindingView[];
  /** Where the diff opens: a file of the patch, and a line of its new form. */
  readonly at?: OpenAt | null;
  /** Who could approve it now; null where no gate is open. */
  readonly approvers?: ApproversLeft | null;
  /** What was signed about its merge; null before there is one. */
  readonly attestation?: AttestationView | null;
  /** The void gate that this one stands for again. */
  readonly again?: AgainView | null;
  readonly decide: FormAction;
  /** `<Aftermath …>`: what it undoes, and what became of its merge. */
  readonly aftermath?: ReactNode;
  /** `<ChangesPanel …>`: what was read in the patch's files. */
  readonly changes?: ReactNode;
  /** `<PullRequests …>`: where its merge stands on a forge. */
  readonly pulls?: ReactNode;
  /** `<BreakGlass …>` for whom the charter names. */
  readonly glass?: ReactNode;
  /** Reads `runId` and `reason`; null for a person who may not. */
  readonly reject: FormAction | null;
}

const NONE: readonly string[] = [];
const KEPT_NOWHERE: KeepViewed = async () => ({ ok: true });

const LAYOUTS = [
  { value: "split", title: "Split" },
  { value: "unified", title: "Unified" },
] as const;

/** May this merge? The diff, the evidence beside it, and the decision below. */
export function ReviewPage({
  run,
  patch,
  files,
  diff,
  evidence,
  summary,
  claims,
  outside = null,
  gate,
  notice,
  tab,
  findings,
  at = null,
  approvers = null,
  attestation = null,
  aftermath = null,
  again = null,
  changes = null,
  talk = NO_TALK,
  viewed: viewedBefore = NONE,
  see = KEPT_NOWHERE,
  before = null,
  interdiff = null,
  glass = null,
  pulls = null,
  decide,
  reject,
}: ReviewPageProps) {
  const { viewed, view, problem } = useViewed(viewedBefore, (mark) =>
    see({ runId: run.id, patchId: patch.id, ...mark }),
  );
  const [current, setCurrent] = useState<string | null>(at?.path ?? files[0]?.path ?? null);
  const [chosenLayout, setLayout] = useState<Layout | null>(null);
  const [beside, setBeside] = useState(true);
  const narrow = useNarrow(1180);
  const handle = useRef<DiffViewHandle>(null);
  const [spots] = useState(() => new Spots(files));
  const [state, setState] = useState<DiffState>({ looked: spots.looked, missing: null });
  const [hideWhitespace, setHideWhitespace] = useState(false);
  useOpenAt(handle, at, files);
  const layout = chosenLayout ?? (narrow ? "unified" : "split");
  const base = `/reviews/${run.id}`;
  const unread = files.filter(({ path }) => !viewed.has(path)).length;
  const mustRead = whyNotYet(state);
  const open = (path: string) => {
    setCurrent(path);
    void handle.current?.toFile(path);
  };
  const slots = useTalk({ runId: run.id, patchId: patch.id, talk, handle, isShown: tab === "changes" });
  /** The first file in sight that is not viewed yet; the last ones of a patch never come to the top of the window. */
  const viewAndGoOn = () => {
    const inSight = handle.current?.sight().paths ?? [];
    const path = inSight.find((one) => !viewed.has(one)) ?? null;
    if (path !== null) view(path, true);
    const at = files.findIndex((file) => file.path === (path ?? inSight.at(-1)));
    const next = [...files.slice(at + 1), ...files].find(
      (file) => file.path !== path && !viewed.has(file.path),
    );
    if (next) void handle.current?.toFile(next.path);
  };
  useReviewKeys(tab === "changes" ? { v: viewAndGoOn } : {});
  return (
    <div className="rvw" data-tab={tab}>
      <div className="rh">
        <ReviewHead run={run} gate={gate} glass={glass} />
        {run.status === "in_review" ? <EvidenceBand evidence={evidence} /> : null}
        {tab === "changes" ? changes : null}
        <div className="row">
          <Tabs
            label="Review"
            tabs={[
              { href: base, title: "Changes", count: files.length, current: tab === "changes" },
              {
                href: `${base}?tab=comments`,
                title: "Comments",
                count: talk.threads.length,
                current: tab === "comments",
              },
              ...(before
                ? [
                    {
                      href: `${base}?tab=interdiff`,
                      title: `Since attempt ${before.attempt}`,
                      current: tab === "interdiff",
                    },
                  ]
                : []),
              {
                href: `${base}?tab=evidence`,
                title: "Evidence",
                count: evidence ? 1 : 0,
                current: tab === "evidence",
              },
              {
                href: `${base}?tab=findings`,
                title: "Findings",
                count: findings.length,
                current: tab === "findings",
              },
              { href: `${base}?tab=document`, title: "Decision document", current: tab === "document" },
            ]}
          />
          <span className="grow" />
          <SendToAgent runId={run.id} patchId={patch.id} talk={talk} />
          {tab === "changes" ? (
            <span className="row only-wide">
              <Segmented label="Layout" options={LAYOUTS} value={layout} onChange={setLayout} />
              <Button
                size="sm"
                tone="quiet"
                square
                icon={beside ? PanelRightClose : PanelRightOpen}
                className="beside-toggle"
                aria-label={beside ? "Hide the evidence" : "Show the evidence"}
                aria-pressed={beside}
                onClick={() => setBeside(!beside)}
              />
            </span>
          ) : null}
        </div>
      </div>
      {notice ? (
        <div className="band bare">
          <Note tone="need">
            <Visible text={notice} />
          </Note>
        </div>
      ) : null}
      {pulls ? <div className="band bare">{pulls}</div> : null}
      {aftermath}
      {problem ? (
        <div className="band bare">
          <Note tone="bad" role="alert">
            {problem}
          </Note>
        </div>
      ) : null}
      {again && gate ? (
        <div className="band bare">
          <ApproveAgain {...{ again, gate, mustRead, decide }} />
        </div>
      ) : null}
      {attestation ? (
        <div className="band">
          <Attested runId={run.id} attestation={attestation} />
        </div>
      ) : null}
      {approvers ? (
        <div className="band">
          <WhoMayApprove left={approvers} />
        </div>
      ) : null}
      {tab === "changes" ? (
        <div className={`tri ${beside ? "" : "alone"}`}>
          <FileList files={files} viewed={viewed} current={current} onOpen={open} />
          <section className="mid" aria-label="Changes">
            <DiffPane
              files={files}
              text={diff}
              layout={layout}
              spots={spots}
              handle={handle}
              state={state}
              onState={setState}
              hideWhitespace={hideWhitespace}
              onHideWhitespace={setHideWhitespace}
              onSight={({ path }) => setCurrent(path)}
              {...slots}
              head={(path) => (
                <ViewedTick path={path} viewed={viewed.has(path)} onViewed={(next) => view(path, next)} />
              )}
            />
          </section>
          {beside ? (
            <EvidencePanel
              runId={run.id}
              evidence={evidence}
              flags={patch.flags}
              summary={summary}
              claims={claims}
              outside={outside}
            />
          ) : null}
        </div>
      ) : tab === "comments" ? (
        <div className="one">
          <CommentsPanel runId={run.id} talk={talk} />
        </div>
      ) : tab === "interdiff" && interdiff ? (
        <InterdiffPane runId={run.id} attempt={patch.attempt} shown={interdiff} layout={layout} />
      ) : tab === "evidence" ? (
        <div className="one">
          <EvidencePanel
            runId={run.id}
            evidence={evidence}
            flags={patch.flags}
            summary={summary}
            claims={claims}
            outside={outside}
          />
        </div>
      ) : tab === "findings" ? (
        <div className="one">
          <FindingsPanel findings={findings} />
        </div>
      ) : (
        <div className="one">
          <DecisionDocument gate={gate} />
        </div>
      )}
      {run.status === "in_review" && gate?.status !== "open" ? (
        <RejectBar runId={run.id} reject={reject} />
      ) : gate ? (
        <DecisionBar
          gate={gate}
          digest={patch.digest}
          digestName="Patch digest"
          shownWithout={hideWhitespace ? withoutSpace(files) : null}
          unread={gate.status === "open" ? unread : 0}
          mustRead={mustRead}
          approveWord="Approve merge"
          keys
          decide={decide}
        />
      ) : null}
    </div>
  );
}

function ReviewHead({ run, gate, glass }: { run: RunView; gate: GateView | null; glass: ReactNode }) {
  const took = run.endedAt ?? run.reviewOpenedAt;
  return (
    <>
      <div className="rt">
        <Badge noun="run" status={run.status} />
        <h1 className="h1 grow trunc">
          <Visible text={run.title} />
        </h1>
        {gate?.status === "open" ? (
          <Remark tone="need" icon={Clock}>
            gate expires <RelativeTime at={gate.expiresAt.toISOString()} />
          </Remark>
        ) : null}
        {glass}
      </div>
      <Facts
        rows={[
          { key: "Into", value: <Code text={`${run.repositoryName}@${run.branch}`} /> },
          { key: "Base", value: <CopyId id={run.baseCommit} what="base commit" /> },
          { key: "Agent", value: run.agentName },
          {
            key: "Run",
            value: (
              <Link className="link mono" href={`/runs/${run.id}`}>
                {run.id.slice(0, 4)}
                {run.id.slice(-5)}
              </Link>
            ),
          },
          { key: "Charter", value: `v${run.charterVersion}` },
          {
            key: "Log",
            value: (
              <Link className="link" href={`/log?subject=run:${run.id}`}>
                its entries
              </Link>
            ),
            wide: true,
          },
          { key: "Launched", value: `by ${run.launchedByName}`, wide: true },
          ...(took && run.startedAt
            ? [{ key: "Time", value: formatDuration(took.getTime() - run.startedAt.getTime()), wide: true }]
            : []),
        ]}
      />
    </>
  );
}

"use client";

import { Clock, PanelRightClose, PanelRightOpen } from "lucide-react";
import Link from "next/link";
import { useRef, useState } from "react";
import type { ClaimsView } from "#lib/claims/schema.ts";
import type { EvidenceView } from "#lib/evidence/document.ts";
import type { FindingView } from "#lib/findings/schema.ts";
import type { GateView } from "#lib/gates/schema.ts";
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
import { DecisionBar } from "./decision-bar.tsx";
import { DecisionDocument } from "./decision-document.tsx";
import type { ReviewFile } from "./diff-rules.ts";
import { type DiffHandle, DiffView, type Layout } from "./diff-view.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import { FileList } from "./file-list.tsx";
import { RejectBar } from "./reject-bar.tsx";
import { type OpenAt, useOpenAt } from "./use-open-at.ts";

export interface ReviewPageProps {
  readonly run: RunView;
  readonly patch: PatchView;
  /** `reviewFiles(patch.files, patch.flags, text)`. */
  readonly files: readonly ReviewFile[];
  readonly evidence: EvidenceView | null;
  readonly summary: Summary | null;
  readonly claims: ClaimsView | null;
  /** The newest merge gate; null before there is one. */
  readonly gate: GateView | null;
  /** One sentence when the base moved or a merge was refused. */
  readonly notice: string | null;
  readonly tab: "changes" | "evidence" | "findings" | "document";
  readonly findings: readonly FindingView[];
  /** Where the diff opens: a file of the patch, and a line of its new form. */
  readonly at?: OpenAt | null;
  readonly decide: FormAction;
  /** Reads `runId` and `reason`; null for a person who may not. */
  readonly reject: FormAction | null;
}

const LAYOUTS = [
  { value: "split", title: "Split" },
  { value: "unified", title: "Unified" },
] as const;

/** May this merge? The diff, the evidence beside it, and the decision below. */
export function ReviewPage({
  run,
  patch,
  files,
  evidence,
  summary,
  claims,
  gate,
  notice,
  tab,
  findings,
  at = null,
  decide,
  reject,
}: ReviewPageProps) {
  const [viewed, setViewed] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(at?.path ?? files[0]?.path ?? null);
  const [chosenLayout, setLayout] = useState<Layout | null>(null);
  const [beside, setBeside] = useState(true);
  const narrow = useNarrow(1180);
  const handle = useRef<DiffHandle>(null);
  useOpenAt(handle, at, files);
  const layout = chosenLayout ?? (narrow ? "unified" : "split");
  const base = `/reviews/${run.id}`;
  const unread = files.filter(({ path }) => !viewed.has(path)).length;
  const unseen = files.filter(({ path, hidden, masked }) => hidden + masked > 0 && !viewed.has(path));
  const open = (path: string) => {
    setCurrent(path);
    handle.current?.scrollTo({ type: "item", id: path, align: "start" });
  };
  const view = (path: string, isViewed: boolean) => {
    const next = new Set(viewed);
    if (isViewed) next.add(path);
    else next.delete(path);
    setViewed(next);
  };
  return (
    <div className="rvw" data-tab={tab}>
      <div className="rh">
        <ReviewHead run={run} gate={gate} />
        <div className="row">
          <Tabs
            label="Review"
            tabs={[
              { href: base, title: "Changes", count: files.length, current: tab === "changes" },
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
        <div className="px-5 pt-3">
          <Note tone="need">
            <Visible text={notice} />
          </Note>
        </div>
      ) : null}
      {tab === "changes" ? (
        <div className={`tri ${beside ? "" : "alone"}`}>
          <FileList files={files} viewed={viewed} current={current} onOpen={open} />
          <section className="mid" aria-label="Changes">
            <DiffView files={files} layout={layout} viewed={viewed} onViewed={view} handle={handle} />
          </section>
          {beside ? (
            <EvidencePanel
              runId={run.id}
              evidence={evidence}
              flags={patch.flags}
              summary={summary}
              claims={claims}
            />
          ) : null}
        </div>
      ) : tab === "evidence" ? (
        <div className="one">
          <EvidencePanel
            runId={run.id}
            evidence={evidence}
            flags={patch.flags}
            summary={summary}
            claims={claims}
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
          unread={gate.status === "open" ? unread : 0}
          mustRead={unseen.length > 0 ? "View the files with hidden characters or masked lines first" : null}
          approveWord="Approve merge"
          decide={decide}
        />
      ) : null}
    </div>
  );
}

function ReviewHead({ run, gate }: { run: RunView; gate: GateView | null }) {
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

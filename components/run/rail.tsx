import { Check, Loader, Minus, ShieldAlert, ShieldCheck, TriangleAlert, X } from "lucide-react";
import Link from "next/link";
import type { ClaimsView } from "#lib/claims/schema.ts";
import type { DriftView } from "#lib/drift/schema.ts";
import type { FindingView } from "#lib/findings/schema.ts";
import type { LeaseView, RunView } from "#lib/runs/schema.ts";
import { hostsReached, planOf, type Spent } from "#lib/timeline/rules.ts";
import type { Step, StepOutcome, Timeline } from "#lib/timeline/schema.ts";
import { ClaimsPanel } from "../claims/claims-panel.tsx";
import { RunFindings } from "../findings/run-findings.tsx";
import { formatCount, formatDuration, formatMicros, plural } from "../format.ts";
import { isRunEnded, type StatusOf } from "../status.ts";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Meter } from "../ui/meter.tsx";
import { Visible } from "../ui/visible.tsx";
import { DriftSection } from "./drift/drift-section.tsx";
import { TimeBudget } from "./time-budget.tsx";

export interface RailProps {
  readonly run: RunView;
  readonly status: StatusOf<"run">;
  readonly timeline: Timeline;
  readonly leases: readonly LeaseView[];
  /** The charter's wall clock for one attempt, minutes. */
  readonly maxMinutes: number;
  /** What a weak sandbox of this run lacks: "cgroup limits". */
  readonly tierMissing: readonly string[];
  readonly logEntries: number | null;
  readonly findings: readonly FindingView[];
  readonly spent: Spent;
  /** The charter's cap for one run, millionths of a dollar. */
  readonly budgetMicros: number;
  /** Null for a run whose agent has no model. */
  readonly drift: DriftView | null;
  /** Null before the agent has said its last word. */
  readonly claims: ClaimsView | null;
}

export function Rail({
  run,
  status,
  timeline,
  leases,
  maxMinutes,
  tierMissing,
  logEntries,
  findings,
  spent,
  budgetMicros,
  drift,
  claims,
}: RailProps) {
  const plan = planOf(timeline);
  const lease = leases.at(-1);
  const evidence = timeline.entries.findLast(
    (entry) => entry.kind === "mark" && entry.what === "evidence_recorded",
  );
  const patch = timeline.entries.findLast(
    (entry) => entry.kind === "mark" && entry.what === "patch_imported",
  );
  const attempt = timeline.attempts.at(-1);
  const reached = hostsReached(timeline);
  return (
    <aside className="rr" aria-label="Run state">
      <div className="rin">
        <section>
          <h2 className="h2">
            Plan{" "}
            <span className="t3 num">
              {plan.filter(({ outcome }) => outcome === "done").length} of {plan.length}
            </span>
          </h2>
          {plan.length === 0 ? (
            <p className="t3 sm">
              {status === "queued"
                ? "Waits for a runner that is free."
                : "The agent has announced no step yet."}
            </p>
          ) : (
            <ol className="plan">
              {plan.map((step) => (
                <PlanRow key={step.seq} step={step} />
              ))}
            </ol>
          )}
        </section>
        {drift === null ? null : <DriftSection runId={run.id} drift={drift} timeline={timeline} />}
        <section>
          <h2 className="h2">
            Budget <span className="t3">charter v{run.charterVersion}</span>
          </h2>
          <TimeBudget
            startedAt={attempt?.startedAt ?? null}
            endedAt={attempt?.endedAt ?? (isRunEnded(status) ? timeline.at : null)}
            maxMinutes={maxMinutes}
          />
          {spent.calls > 0 ? <Money micros={spent.micros} budgetMicros={budgetMicros} /> : null}
        </section>
        <section>
          <h2 className="h2">
            Sandbox <span className="grow" />
            {attempt ? <Tier tier={attempt.tier} /> : <span className="t3">none yet</span>}
          </h2>
          {attempt ? (
            <KeyValue
              rows={[
                {
                  key: "Isolation",
                  value:
                    attempt.tier === "strong"
                      ? "bubblewrap, cgroup, seccomp"
                      : `bubblewrap, without ${tierMissing.join(", ") || "all limits"}`,
                },
                {
                  key: "Network",
                  value: [
                    "none",
                    ...(spent.calls === 0 ? [] : ["calls of its model by the relay"]),
                    ...(reached === 0 ? [] : [`setup reached ${plural(reached, "host")} by its proxy`]),
                  ].join("; "),
                },
                { key: "Runner", value: <span className="mono">{attempt.runner}</span> },
                {
                  key: "Attempt",
                  value: `${attempt.attempt}, ${attempt.phase === "verify" ? "verification" : "agent"}`,
                },
                ...(lease?.endReason ? [{ key: "Ended", value: <Visible text={lease.endReason} /> }] : []),
              ]}
            />
          ) : null}
        </section>
        <section>
          <h2 className="h2">
            Evidence{" "}
            <span className="t3">
              {evidence ? <CopyId id={evidence.body.digest} what="evidence digest" /> : "0"}
            </span>
          </h2>
          {evidence ? (
            <p className="sm t2">
              <Visible text={evidence.body.detail} mode="block" />{" "}
              <Link className="link" href={`/reviews/${run.id}`}>
                Review
              </Link>
            </p>
          ) : (
            <p className="t3 sm">
              {patch
                ? "The patch is in; verification takes it to a clean sandbox."
                : "None yet. Verification starts when the agent hands in a patch."}
            </p>
          )}
        </section>
        {claims ? <ClaimsPanel runId={run.id} claims={claims} /> : null}
        <RunFindings runId={run.id} findings={findings} />
        {logEntries === null ? null : (
          <section>
            <h2 className="h2">
              Log <span className="t3 num">{formatCount(logEntries)} entries</span>
            </h2>
            <Link className="link sm" href={`/log?subject=run:${run.id}`}>
              What the log holds of this run
            </Link>
          </section>
        )}
      </div>
    </aside>
  );
}

function Money({ micros, budgetMicros }: { micros: number; budgetMicros: number }) {
  const share = budgetMicros === 0 ? 1 : micros / budgetMicros;
  return (
    <div className="bl">
      <span>Money</span>
      <Meter
        share={share}
        tone={share >= 0.9 ? "need" : "accent"}
        label={`${Math.round(share * 100)} % of the run's budget used`}
      />
      <span className="num">
        {formatMicros(micros)} / {formatMicros(budgetMicros)}
      </span>
    </div>
  );
}

function Tier({ tier }: { tier: "strong" | "weak" }) {
  return tier === "strong" ? (
    <Remark tone="good" icon={ShieldCheck}>
      Strong
    </Remark>
  ) : (
    <Remark tone="need" icon={ShieldAlert}>
      Weak
    </Remark>
  );
}

const PLAN_ICON: Record<StepOutcome, { icon: typeof Check; tone: string }> = {
  working: { icon: Loader, tone: "st work" },
  done: { icon: Check, tone: "good" },
  failed: { icon: X, tone: "bad" },
  skipped: { icon: Minus, tone: "t3" },
  interrupted: { icon: TriangleAlert, tone: "need" },
};

function PlanRow({ step }: { step: Step }) {
  const { icon, tone } = PLAN_ICON[step.outcome];
  const took = step.finishedAt ? Date.parse(step.finishedAt) - Date.parse(step.startedAt) : null;
  return (
    <li className={step.outcome}>
      <span className={tone} title={step.outcome}>
        <Icon of={icon} className={step.outcome === "working" ? "spin" : ""} />
        <span className="vh">{step.outcome}</span>
      </span>
      <span className={step.outcome === "working" ? "med" : "pt trunc"} title={step.title}>
        <Visible text={step.title} />
      </span>
      <span className="t3 sm num">{took === null ? "" : formatDuration(took)}</span>
    </li>
  );
}

import { Check } from "lucide-react";
import type { BlindAttempt, BlindPatch } from "#lib/comparisons/schema.ts";
import type { FormAction } from "../form/state.ts";
import { formatCount, plural, shortHash } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Visible } from "../ui/visible.tsx";
import { JudgeForm } from "./judge-form.tsx";

export interface BlindPageProps {
  readonly comparison: {
    readonly id: string;
    readonly title: string;
    readonly pilotName: string;
    readonly baseCommit: string;
    readonly progress: { readonly waiting: number; readonly running: number; readonly judged: number };
  };
  readonly attempts: readonly BlindAttempt[];
  readonly shown: BlindPatch | null;
  readonly judge: FormAction;
}

/** Patches by their labels alone. */
export function BlindPage({ comparison, attempts, shown, judge }: BlindPageProps) {
  const { id, title, pilotName, baseCommit, progress } = comparison;
  return (
    <div className="page">
      <PageHead
        title={
          <>
            Judge: <Visible text={title} />
          </>
        }
        text={
          <>
            <Visible text={pilotName} /> · base <code className="mono">{shortHash(baseCommit)}</code> ·{" "}
            {progress.waiting} to judge, {progress.judged} judged, {progress.running} under way
          </>
        }
      />
      <Note>
        Who wrote it, by which model, at what cost and how is not sent here before the comparison is closed.
        Names of contestants and vendors inside the patch are covered; how somebody writes code is not.
      </Note>
      <Panel title="Patches" fact={plural(attempts.length, "patch", "patches")} className="mt-4">
        {attempts.length === 0 ? (
          <Empty
            icon={Check}
            title="Nothing to judge yet"
            text="Patches come here once their evidence is green."
          />
        ) : (
          <ul className="row flex-wrap p-4">
            {attempts.map(({ label, verdict }) => (
              <li key={label}>
                <a
                  className="mono"
                  href={`/agents/compare/${id}/review?patch=${label}`}
                  aria-current={label === shown?.label ? "true" : undefined}
                >
                  {label}
                </a>{" "}
                {verdict ? <Badge noun="verdict" status={verdict} bare /> : null}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {shown ? <ShownPatch comparisonId={id} patch={shown} judge={judge} /> : null}
    </div>
  );
}

function ShownPatch({
  comparisonId,
  patch,
  judge,
}: {
  readonly comparisonId: string;
  readonly patch: BlindPatch;
  readonly judge: FormAction;
}) {
  const { label, title, task, kind, verdict, digest, diff, leftOut, masked } = patch;
  return (
    <Panel title={`Patch ${label}`} fact={`${kind}, evidence green`} className="mt-4">
      <div className="p-4 grid gap-3.5">
        <p className="med">
          <Visible text={title} />
        </p>
        <p className="tw t2">
          <Visible text={task} mode="block" />
        </p>
        {masked > 0 ? <Note tone="need">{plural(masked, "name")} in it covered: ▮▮▮</Note> : null}
        <section className="scroll" aria-label="The patch, scrolls" {...SCROLLS}>
          <pre className="mono sm">
            <Visible text={diff} mode="code" />
          </pre>
        </section>
        {leftOut > 0 ? (
          <Note tone="bad">{formatCount(leftOut)} characters more are too many to be shown here.</Note>
        ) : null}
        {verdict === null ? (
          <JudgeForm key={label} hidden={{ comparisonId, label, patch: digest }} action={judge} />
        ) : (
          <p>
            <Badge noun="verdict" status={verdict} />
          </p>
        )}
      </div>
    </Panel>
  );
}

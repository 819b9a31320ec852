import type { Results } from "#lib/comparisons/results-rules.ts";
import type { AttemptView, ComparisonView, Contestant } from "#lib/comparisons/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatMicros, plural, shortHash } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Facts } from "../ui/key-value.tsx";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";
import { AttemptsTable } from "./attempts-table.tsx";
import { ReasonDialog } from "./reason-dialog.tsx";
import { LatencyTable, PairsTable, ResultsTable } from "./results-tables.tsx";

export interface ComparisonPageProps {
  readonly comparison: ComparisonView;
  readonly open: {
    readonly contestants: readonly Contestant[];
    readonly attempts: readonly AttemptView[];
    readonly results: Results;
  } | null;
  readonly mayLaunch: boolean;
  readonly mayJudge: boolean;
  readonly start: FormAction;
  readonly close: FormAction;
  readonly choose: FormAction;
}

export function ComparisonPage(props: ComparisonPageProps) {
  const { comparison, open } = props;
  const { title, state, pilotName, repositoryName, baseCommit, charterDigest, ceilingMicros } = comparison;
  const { progress, reviewers } = comparison;
  return (
    <div className="page">
      <PageHead
        title={<Visible text={title} />}
        text={
          <>
            <Badge noun="comparison" status={state} /> <Visible text={pilotName} /> ·{" "}
            <Visible text={repositoryName} />
          </>
        }
        actions={<Steps {...props} />}
      />
      <Facts
        rows={[
          { key: "Base", value: <code className="mono">{shortHash(baseCommit)}</code> },
          { key: "Charter", value: <code className="mono">{shortHash(charterDigest)}</code>, wide: true },
          { key: "At most", value: <span className="num">{formatMicros(ceilingMicros)}</span> },
          {
            key: "Attempts",
            value: `${progress.launched} of ${progress.attempts} launched, ${progress.running} under way`,
          },
          { key: "To judge", value: `${progress.waiting}, ${progress.judged} judged` },
          { key: "Judged by", value: <Visible text={reviewers.map(({ name }) => name).join(", ")} /> },
        ]}
      />
      {open === null ? (
        <Note>
          You judge this comparison. Whose patch is whose, what it cost and how it came about are not sent to
          you before it is closed.
        </Note>
      ) : (
        <>
          <ResultsTable results={open.results} />
          <PairsTable results={open.results} />
          <LatencyTable results={open.results} />
          <AttemptsTable attempts={open.attempts} contestants={open.contestants} tasks={comparison.tasks} />
        </>
      )}
    </div>
  );
}

function Steps({ comparison, open, mayLaunch, mayJudge, start, close, choose }: ComparisonPageProps) {
  const { id, state, progress, chosenAt, ceilingMicros } = comparison;
  const rest = progress.attempts - progress.launched;
  const files = `/api/comparisons/${id}/results`;
  const accepted = (open?.attempts ?? []).filter(
    ({ verdict, status }) => verdict === "acceptable" && status === "in_review",
  );
  return (
    <>
      {open && state !== "planned"
        ? ["csv", "json", "md"].map((format) => (
            <ButtonLink key={format} size="sm" href={`${files}?format=${format}`}>
              {format.toUpperCase()}
            </ButtonLink>
          ))
        : null}
      {mayJudge ? <ButtonLink href={`/agents/compare/${id}/review`}>Judge</ButtonLink> : null}
      {mayLaunch && state !== "closed" && rest > 0 ? (
        <ActionButton action={start} fields={{ comparisonId: id }} doing="Launching" tone="ink">
          {`Launch ${plural(rest, "attempt")}, at most ${formatMicros((ceilingMicros / progress.attempts) * rest)}`}
        </ActionButton>
      ) : null}
      {state === "started" && (mayLaunch || mayJudge) ? (
        <ReasonDialog
          title="Close the comparison"
          text="From then on everybody sees whose patch was whose. Nothing more is launched or judged."
          word="Close"
          doing="Closing"
          action={close}
          hidden={{ comparisonId: id }}
        />
      ) : null}
      {state === "closed" && mayLaunch && chosenAt === null ? (
        <ReasonDialog
          title="What becomes of the patches"
          text="One goes to the usual merge gate, or none does. All others that are in review end as duplicates."
          word="Decide"
          doing="Deciding"
          action={choose}
          hidden={{ comparisonId: id }}
          choice={{
            name: "attemptId",
            label: "To the merge gate",
            options: [
              { value: "", title: "None" },
              ...accepted.map((attempt) => ({
                value: attempt.id,
                title: `${attempt.label}, ${nameOf(open?.contestants ?? [], attempt.agentId)}`,
              })),
            ],
          }}
        />
      ) : null}
    </>
  );
}

const nameOf = (contestants: readonly Contestant[], agentId: string): string =>
  contestants.find((contestant) => contestant.agentId === agentId)?.name ?? agentId;

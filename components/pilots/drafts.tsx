import type { DraftView } from "#lib/drafts/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export interface DraftsProps {
  readonly drafts: readonly DraftView[];
  readonly discard: FormAction;
  /** Where something else is the matter of the page. */
  readonly isFolded?: boolean;
}

const hrefOf = ({ id, pilotId }: DraftView) =>
  `${pilotId ? `/pilots/${pilotId}/charter` : "/pilots/new"}?draft=${id}`;

export const draftTitle = ({ name, pilotName, pilotId }: DraftView): string =>
  pilotId ? `A new version for ${pilotName ?? "a pilot"}` : name.trim() || "A charter without a name";

/** What the person began to write, here or on another computer. Nothing where there is none. */
export function Drafts({ drafts, discard, isFolded = false }: DraftsProps) {
  if (drafts.length === 0) return null;
  if (isFolded)
    return (
      <details className="drafts-fold">
        <summary className="t2 sm">Your drafts ({drafts.length})</summary>
        <List drafts={drafts} discard={discard} />
      </details>
    );
  return (
    <Panel title="Your drafts" fact={String(drafts.length)} className="mb-4">
      <List drafts={drafts} discard={discard} />
    </Panel>
  );
}

function List({ drafts, discard }: DraftsProps) {
  return (
    <ul className="pb drafts" aria-label="Your drafts">
      {drafts.map((draft) => (
        <li key={draft.id} className="row">
          <span className="grow tw">
            <span className="med block">
              <Visible text={draftTitle(draft)} />
            </span>
            <span className="t3 sm">
              written <RelativeTime at={draft.updatedAt.toISOString()} />, seen by you alone
            </span>
          </span>
          <ActionButton action={discard} fields={{ id: draft.id }} doing="Discarding" tone="quiet">
            Discard<span className="vh"> {draftTitle(draft)}</span>
          </ActionButton>
          <ButtonLink href={hrefOf(draft)} aria-label={`Continue ${draftTitle(draft)}`}>
            Continue
          </ButtonLink>
        </li>
      ))}
    </ul>
  );
}

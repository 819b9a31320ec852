import { CircleAlert, Cloud } from "lucide-react";
import type { DraftAnswer, SaveDraft } from "#lib/drafts/schema.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Saving } from "./draft-saver.ts";

export interface DraftProps {
  readonly id: string;
  /** Zero where it was never saved. */
  readonly version: number;
  readonly save: (draft: SaveDraft) => Promise<DraftAnswer>;
}

const clock = (at: number) =>
  new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });

/** Whether what is typed would be found again. */
export function DraftState({ saving }: { saving: Saving }) {
  if (saving.kind === "refused")
    return (
      <span className="err wz-saved" role="alert">
        <Icon of={CircleAlert} />
        <span>
          Draft not saved: {saving.sentence}{" "}
          {saving.isSignedOut ? (
            <a className="link" href="/sign-in" target="_blank" rel="noreferrer">
              Sign in beside it, and come back
            </a>
          ) : null}
          {saving.isOver ? (
            <a className="link" href={window.location.href}>
              Read it anew
            </a>
          ) : null}
        </span>
      </span>
    );
  const said = {
    nothing: "Saved as a draft while you write",
    saving: "Saving the draft",
    saved: saving.kind === "saved" ? `Draft saved ${clock(saving.at)}` : "",
  }[saving.kind];
  return (
    <span className="t3 sm row wz-saved" role="status">
      <Icon of={Cloud} />
      {said}
    </span>
  );
}

import type { WeekView } from "#lib/weekly-reviews/schema.ts";
import type { FormAction } from "../form/state.ts";
import { Visible } from "../ui/visible.tsx";
import { LookButton } from "./look-button.tsx";

export interface SecondLooksProps {
  readonly pilotId: string;
  readonly number: number;
  readonly week: WeekView;
  /** Who looks: nobody looks again at what they approved. */
  readonly me: string;
  readonly say: FormAction;
}

/** What this person may still say something of. */
export function SecondLooks({ pilotId, number, week, me, say }: SecondLooksProps) {
  const { document, looks, names } = week;
  const { items } = document.sample;
  const own = new Set(items.flatMap(({ gate, person }) => (person === me ? [gate] : [])));
  const waiting = items.filter(
    ({ approval, gate }) => !own.has(gate) && !looks.some(({ approvalId }) => approvalId === approval),
  );
  if (waiting.length === 0) return null;
  return (
    <ul className="week-looks no-print" aria-label="Waiting for a second look">
      {waiting.map(({ approval, run, person }) => (
        <li key={approval} className="row flex-wrap">
          <span className="grow sm t2">
            <Visible
              text={`${run === null ? "The pilot" : (names[run] ?? run)}, approved by ${names[person] ?? person}`}
            />
          </span>
          <LookButton fields={{ pilotId, number, approvalId: approval }} verdict="agree" say={say} />
          <LookButton fields={{ pilotId, number, approvalId: approval }} verdict="disagree" say={say} />
        </li>
      ))}
    </ul>
  );
}

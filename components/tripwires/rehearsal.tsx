import type { RehearsalResult } from "#lib/tripwires/rehearse.ts";
import { amountOf, wireSentence } from "#lib/tripwires/wire-words.ts";
import { Wrong } from "../form/wrong.tsx";
import { formatExact, plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";

const MOST_DAYS = 6;

export interface RehearsalPanelProps {
  readonly line: string;
  /** Null before anything was typed. */
  readonly result: RehearsalResult | null;
  /** The pilot's, in which days are named. */
  readonly timeZone: string;
}

/** Try a line on what has happened, before it is written into a charter. */
export function RehearsalPanel({ line, result, timeZone }: RehearsalPanelProps) {
  return (
    <Panel title="Rehearse" className="mt-4" id="rehearse">
      <form method="get" className="rehearse">
        <label className="label" htmlFor="f-line">
          A tripwire, as a charter would have it
        </label>
        <div className="row">
          <input
            id="f-line"
            name="line"
            className="input mono grow"
            defaultValue={line}
            maxLength={500}
            placeholder="failed_runs >= 3 over 24 hours; pause"
            aria-invalid={result?.ok === false || undefined}
            aria-describedby="f-line-about"
          />
          <Button type="submit">Rehearse</Button>
        </div>
        <div id="f-line-about" aria-live="polite">
          {result === null ? (
            <p className="hint">
              It is held against everything that happened since the pilot began. Nothing is changed.
            </p>
          ) : result.ok ? (
            <Outcome {...result.rehearsal} timeZone={timeZone} />
          ) : (
            <Wrong sentences={[result.sentence]} />
          )}
        </div>
      </form>
    </Panel>
  );
}

type Rehearsed = Extract<RehearsalResult, { ok: true }>["rehearsal"];

/** "It would have tripped twice: on 3 March and 9 March." */
export function tripsInWords(trips: Rehearsed["trips"], timeZone: string): string {
  if (trips.length === 0) return "It would not have tripped.";
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone });
  const days = [...new Set(trips.map(({ at }) => day.format(at)))];
  const shown = days.slice(0, MOST_DAYS);
  const rest = days.length > MOST_DAYS ? ` and on ${plural(days.length - MOST_DAYS, "day")} more` : "";
  const times = trips.length === 1 ? "once" : `${trips.length} times`;
  return `It would have tripped ${times}: on ${shown.join(", ")}${rest}.`;
}

function Outcome({ wire, trips, to, isWhole, timeZone }: Rehearsed & { timeZone: string }) {
  return (
    <>
      <p className="t2 mt-1">{wireSentence(wire)}</p>
      <p className="med mt-1" data-trips={trips.length}>
        {tripsInWords(trips, timeZone)}
      </p>
      {isWhole ? null : (
        <Note>
          There is more than is looked at here: what happened after {formatExact(to.toISOString())} was not.
        </Note>
      )}
      {trips.length > 0 ? (
        <ul className="sm num mt-1">
          {trips.slice(0, 20).map(({ at, value, sample }) => (
            <li key={at.toISOString()}>
              {formatExact(at.toISOString())}: {amountOf(wire, value)} of {plural(sample, "row")}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

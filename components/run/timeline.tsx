import { ArrowDown, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { countsOf, filtered, type TimelineFilter } from "#lib/timeline/rules.ts";
import type { Step, Timeline as TimelineOf } from "#lib/timeline/schema.ts";
import { snapshotBefore } from "#lib/timeline/steering.ts";
import { formatDuration, plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useEventLinks } from "./event/context.tsx";
import { EventMark } from "./event/mark.tsx";
import { MarkRow } from "./mark-row.tsx";
import { useSteering } from "./steer/steering-context.tsx";
import { StepRow } from "./step-row.tsx";
import { useFollow } from "./use-follow.ts";

const FILTERS = [
  { value: "all", title: "All" },
  { value: "agent", title: "Agent" },
  { value: "people", title: "People" },
  { value: "commands", title: "Commands" },
  { value: "findings", title: "Findings" },
  { value: "files", title: "Files" },
] as const;

const OPEN_AT_END = 2;

interface Choice {
  readonly open: boolean;
  /** The event that was marked then: a step that holds another one opens again. */
  readonly marked: number | null;
}

/** One row per step; past ones folded, the last two open. A live one opens at its end and follows. */
export function Timeline({ timeline, live }: { timeline: TimelineOf; live: boolean }) {
  const [filter, setFilter] = useState<TimelineFilter>("all");
  const [chosen, setChosen] = useState<ReadonlyMap<number, Choice>>(new Map());
  const [all, setAll] = useState(false);
  const links = useEventLinks();
  const marked = links?.marked ?? null;
  const { messages } = useSteering();
  const follow = useFollow(live, timeline.seq + messages.length, marked === null);
  const entries = filtered(timeline, filter);
  const steps = entries.filter((entry) => entry.kind === "step");
  const lastOpen = new Set(steps.slice(-OPEN_AT_END).map(({ seq }) => seq));
  const counts = countsOf(timeline);
  const isOpen = ({ seq, items }: Step): boolean => {
    const choice = chosen.get(seq);
    const row = links?.found?.row ?? null;
    if (choice?.marked !== marked && items.some((item) => item.seq === row)) return true;
    return choice?.open ?? (all || filter !== "all" || lastOpen.has(seq));
  };
  return (
    <>
      <div className="row mb-1 flex-wrap">
        <Segmented label="Show" options={FILTERS} value={filter} onChange={setFilter} />
        <span className="grow" />
        <span className="t3 sm num only-wide">
          {plural(counts.steps, "step")} · {plural(counts.events, "event")} ·{" "}
          {formatDuration(counts.milliseconds)}
        </span>
        <Button
          size="sm"
          tone="quiet"
          icon={ChevronsUpDown}
          className="only-wide"
          onClick={() => {
            setAll(!all);
            setChosen(new Map());
          }}
        >
          {all ? "Fold past steps" : "Expand all"}
        </Button>
      </div>
      <EventMark row={null} />
      {entries.map((entry) =>
        entry.kind === "mark" ? (
          <MarkRow key={entry.seq} mark={entry} from={snapshotBefore(timeline, entry)} />
        ) : (
          <StepRow
            key={entry.seq}
            step={entry}
            open={isOpen(entry)}
            onToggle={() => setChosen(new Map(chosen).set(entry.seq, { open: !isOpen(entry), marked }))}
          />
        ),
      )}
      {entries.length === 0 && filter !== "all" ? (
        <p className="t3 sm py-6">Nothing of that sort so far.</p>
      ) : null}
      {follow.away ? (
        <div className="to-end">
          <Button icon={ArrowDown} onClick={follow.toEnd}>
            To the end
          </Button>
        </div>
      ) : null}
    </>
  );
}

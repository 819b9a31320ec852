import { Fragment, useId } from "react";
import type { Step } from "#lib/timeline/schema.ts";
import { formatDuration } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { EventLink } from "./event/link.tsx";
import { EventMark } from "./event/mark.tsx";
import { ItemRow } from "./item-row.tsx";

interface StepRowProps {
  readonly step: Step;
  readonly open: boolean;
  readonly onToggle: () => void;
}

export function StepRow({ step, open, onToggle }: StepRowProps) {
  const list = useId();
  // What came before any step has no event of its own: its first item's opened it.
  const isAnnounced = step.items[0]?.seq !== step.seq;
  const took = step.finishedAt ? Date.parse(step.finishedAt) - Date.parse(step.startedAt) : null;
  return (
    <section className="turn" data-outcome={step.outcome} aria-label={step.title}>
      <div className="tth">
        <button type="button" className="tt" aria-expanded={open} aria-controls={list} onClick={onToggle}>
          <span className="tn num">{step.turn ?? (step.step || "·")}</span>
          <span className={`grow ${open ? "med" : "trunc t2"}`}>
            <Visible text={step.title} />
            {step.phase === "verify" ? <span className="tag ml-2">verification</span> : null}
          </span>
          <span className="t3 sm num nowrap">
            {step.outcome === "done" ? null : <Badge noun="step" status={step.outcome} bare />}
            {took === null ? null : <span className="only-wide ml-2">{formatDuration(took)}</span>}
          </span>
          <ClockTime at={step.startedAt} className="t3 sm num nowrap" />
        </button>
        {isAnnounced ? <EventLink seq={step.seq} /> : null}
      </div>
      {isAnnounced ? <EventMark row={step.seq} /> : null}
      {open ? (
        <ol className="tl" id={list}>
          {step.items.map((item) => (
            <Fragment key={item.seq}>
              <ItemRow item={item} />
              <EventMark row={item.seq} as="li" />
            </Fragment>
          ))}
          {step.detail ? (
            <li className="ti">
              <span className="tic" />
              <p className="tw t2 py-1">
                <Visible text={step.detail} mode="block" />
              </p>
            </li>
          ) : null}
        </ol>
      ) : null}
    </section>
  );
}

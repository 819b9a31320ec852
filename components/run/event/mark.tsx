"use client";

import { ChevronLeft, ChevronRight, Scissors } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useEffect, useRef } from "react";
import type { RunEvent } from "#lib/protocol/events.ts";
import type { PlacedEvent } from "#lib/timeline/placed.ts";
import { formatCount } from "../../format.ts";
import { CopyText } from "../../log/copy-text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Note } from "../../ui/note.tsx";
import { ClockTime } from "../../ui/relative-time.tsx";
import { SCROLLS } from "../../ui/scrolls.ts";
import { Visible } from "../../ui/visible.tsx";
import { type EventLinks, eventHref, useEventLinks } from "./context.tsx";
import { openHere } from "./link.tsx";

const LONGEST = 20_000;

/** Below the row that holds the marked event: which one it is, what it said, its link, and the entry that binds it. */
export function EventMark({ row, as: Wrapper = "div" }: { row: number | null; as?: "div" | "li" }) {
  const links = useEventLinks();
  if (!links?.found || links.found.row !== row) return null;
  return (
    <Wrapper className="evm">
      <Marked key={links.found.event.seq} links={links} found={links.found} />
    </Wrapper>
  );
}

function Marked({ links, found }: { links: EventLinks; found: PlacedEvent }) {
  const { event, row, ofRow } = found;
  const { seq, attempt, at, kind, observedBy } = event;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.scrollIntoView({ block: "center" });
    section.current?.focus({ preventScroll: true });
  }, []);
  const place = ofRow.indexOf(seq);
  const href = eventHref(links.runId, seq);
  return (
    <section className="evm-box" aria-label={`Event ${seq}`} ref={section} tabIndex={-1}>
      <p className="row flex-wrap sm">
        <span className="med num">Event {seq}</span>
        <span className="tag">{kind.replaceAll("_", " ")}</span>
        <span className="t3">
          attempt {attempt}, seen by the {observedBy}, <ClockTime at={at} className="num" />
        </span>
        <span className="grow" />
        {ofRow.length > 1 ? (
          <span className="row nowrap">
            <Step links={links} to={ofRow[place - 1]} label="The event of this row before">
              <Icon of={ChevronLeft} />
            </Step>
            <span className="t3 num">
              {formatCount(place + 1)} of {formatCount(ofRow.length)} here
            </span>
            <Step links={links} to={ofRow[place + 1]} label="The event of this row after">
              <Icon of={ChevronRight} />
            </Step>
          </span>
        ) : null}
      </p>
      {row === null ? (
        <p className="t2 sm">
          The timeline has no row for it: it is kept as it came, and bound by its entry.
        </p>
      ) : null}
      {isTaken(event) ? (
        <Note tone="need" icon={Scissors}>
          Its content was taken away. Number, time, kind and what it commits to stand, so its entry still
          proves it.
        </Note>
      ) : null}
      {seq === row ? null : <Said event={event} />}
      <p className="row flex-wrap sm">
        <CopyText
          text={() => new URL(href, window.location.href).href}
          what={`to event ${seq}`}
          shown="Copy link"
        />
        {links.mayReadLog ? (
          <Link className="link" href={`/log/events/${links.runId}/${seq}`} prefetch={false}>
            Entry and proof
          </Link>
        ) : null}
        {isTaken(event) ? (
          <Link className="link" href={`/runs/${links.runId}/payloads`} prefetch={false}>
            What was taken away
          </Link>
        ) : null}
      </p>
    </section>
  );
}

interface StepProps {
  readonly links: EventLinks;
  readonly to: number | undefined;
  readonly label: string;
  readonly children: ReactNode;
}

function Step({ links, to, label, children }: StepProps) {
  if (to === undefined) return null;
  return (
    <a
      className="btn sm quiet sq"
      href={eventHref(links.runId, to)}
      aria-label={`${label}, ${to}`}
      onClick={openHere}
    >
      {children}
    </a>
  );
}

const isTaken = ({ body }: RunEvent): boolean => "redacted" in body && body.redacted === true;

/** The text of an event that is a part of its row; what has none is shown by its fields. */
function Said({ event: { body, kind } }: { event: RunEvent }) {
  const text = "text" in body && typeof body.text === "string" ? body.text : JSON.stringify(body, null, 2);
  return (
    <section className="code out" aria-label={`What the ${kind.replaceAll("_", " ")} says`} {...SCROLLS}>
      <Visible text={text.slice(0, LONGEST)} mode="block" />
    </section>
  );
}

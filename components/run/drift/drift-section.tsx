"use client";

import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { DriftView, PartScore, StoredPoint } from "#lib/drift/schema.ts";
import type { Timeline } from "#lib/timeline/schema.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Meter } from "../../ui/meter.tsx";
import { eventHref } from "../event/context.tsx";
import { curveOf, HEIGHT, thinned, WIDTH, xOf, yOf } from "./curve.ts";
import { factWords, PART_TITLES } from "./drift-words.ts";
import { merged, useLivePoints } from "./live-points.ts";

interface DriftSectionProps {
  readonly runId: string;
  readonly drift: DriftView;
  readonly timeline: Timeline;
}

/** How far the run has strayed: the score over its events, what it is made of, and the events behind it. */
export function DriftSection({ runId, drift: { threshold, points: first }, timeline }: DriftSectionProps) {
  const live = useLivePoints(runId);
  const points = merged(first, live);
  const newest = points.at(-1);
  const score = newest?.score ?? 0;
  const parts = [...(newest?.parts ?? [])].sort((a, b) => b.points - a.points);
  return (
    <section aria-labelledby="drift-title">
      <h2 className="h2" id="drift-title">
        Drift{" "}
        <span className="t3 num">
          {threshold !== null && score >= threshold ? <Icon of={TriangleAlert} className="need" /> : null}{" "}
          <span className="med">{score}</span> of 100
        </span>
      </h2>
      {newest ? (
        <Drawing points={points} threshold={threshold} timeline={timeline} />
      ) : (
        <p className="t3 sm">Nothing counts against it so far.</p>
      )}
      {parts.length > 0 ? (
        <ul className="drift-parts">
          {parts.map((part) => (
            <Part key={part.part} runId={runId} part={part} />
          ))}
        </ul>
      ) : null}
      {newest ? <Numbers runId={runId} points={points} /> : null}
    </section>
  );
}

function Drawing({
  points,
  threshold,
  timeline,
}: {
  points: readonly StoredPoint[];
  threshold: number | null;
  timeline: Timeline;
}) {
  const last = Math.max(timeline.seq, points.at(-1)?.seq ?? 1);
  const { line, area, end } = curveOf(thinned(points, last), last);
  const anchors = anchorsOf(timeline);
  const pauses = points.filter(({ paused }) => paused);
  return (
    <figure className="drift">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={sentenceOf(points, threshold, anchors.length)}
      >
        <path className="drift-area" d={area} />
        <path className="drift-line" d={line} />
        {anchors.map((seq) => (
          <line
            key={seq}
            className="drift-anchor"
            x1={xOf(seq, last)}
            x2={xOf(seq, last)}
            y1={14}
            y2={HEIGHT}
          >
            <title>{`Re-anchored, event ${seq}`}</title>
          </line>
        ))}
        {threshold === null ? null : (
          <line className="drift-limit" x1={0} x2={WIDTH} y1={yOf(threshold)} y2={yOf(threshold)} />
        )}
        {pauses.map(({ seq, score }) => (
          <circle key={seq} className="drift-pause" cx={xOf(seq, last)} cy={yOf(score)} r={3}>
            <title>{`Paused, event ${seq}`}</title>
          </circle>
        ))}
        <circle className="drift-now" cx={end.x - 2} cy={end.y} r={2.5} />
      </svg>
      <figcaption className="t3 xs row">
        <span>start</span>
        <span className="grow" />
        {threshold === null ? (
          <span>pauses no run</span>
        ) : (
          <span className="bad">{threshold} pauses the run</span>
        )}
        <span className="grow" />
        <span>now</span>
      </figcaption>
    </figure>
  );
}

const anchorsOf = ({ entries }: Timeline): number[] =>
  entries
    .flatMap((entry) => (entry.kind === "step" ? entry.items : []))
    .flatMap((item) => (item.kind === "prompt" && item.origin === "anchor" ? [item.seq] : []));

function sentenceOf(points: readonly StoredPoint[], threshold: number | null, anchors: number): string {
  const scores = points.map(({ score }) => score);
  const limit = threshold === null ? "the charter pauses no run by it" : `${threshold} pauses the run`;
  return `Drift score over the run: ${scores.at(-1) ?? 0} now, ${Math.max(0, ...scores)} at most; ${limit}. Re-anchored ${anchors === 1 ? "once" : `${anchors} times`}.`;
}

function Part({ runId, part }: { runId: string; part: PartScore }) {
  const title = PART_TITLES[part.part];
  return (
    <li>
      <span className="row">
        <span className="grow">{title}</span>
        <span className="num t2">+{part.points}</span>
      </span>
      <Meter
        share={part.score / 100}
        tone={part.score >= 75 ? "need" : "base"}
        label={`${title}: ${part.score} of 100`}
      />
      <span className="t3 xs">
        {factWords(part)}.{" "}
        {part.events.map((seq) => (
          <Link
            key={seq}
            className="link num"
            href={eventHref(runId, seq)}
            prefetch={false}
            scroll={false}
            aria-label={`Event ${seq}`}
          >
            #{seq}
          </Link>
        ))}
      </span>
    </li>
  );
}

const SHOWN = 50;

/** The drawing as text, the newest first. */
function Numbers({ runId, points }: { runId: string; points: readonly StoredPoint[] }) {
  const shown = points.slice(-SHOWN).reverse();
  return (
    <details className="fold">
      <summary className="sm t3">As numbers, {plural(points.length, "point")}</summary>
      <table className="drift-table num xs">
        <thead>
          <tr>
            <th scope="col">After event</th>
            <th scope="col">Score</th>
            <th scope="col">Made of</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ seq, score, parts, paused }) => (
            <tr key={seq}>
              <td>
                <Link className="link" href={eventHref(runId, seq)} prefetch={false} scroll={false}>
                  #{seq}
                </Link>
              </td>
              <td>{score}</td>
              <td>
                {parts.map(({ part, points: added }) => `${PART_TITLES[part]} ${added}`).join(", ") ||
                  "nothing"}
                {paused ? " (paused)" : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {points.length > SHOWN ? <p className="t3 xs">The newest {SHOWN} are shown.</p> : null}
    </details>
  );
}

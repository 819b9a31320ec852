// What comes by itself until people are there again. Pure.
import type { PilotHealth } from "#components/home/health.tsx";
import type { Coming } from "#components/home/work.tsx";
import { momentWords } from "#lib/briefs/rules.ts";
import type { Brief } from "#lib/briefs/schema.ts";
import { DAY } from "#lib/clock.ts";
import type { Verdict } from "#lib/kpis/schema.ts";
import { dayIn } from "#lib/pilots/rules.ts";
import type { PilotDetail } from "#lib/pilots/schema.ts";
import type { RunView } from "#lib/runs/schema.ts";

export interface Detail {
  readonly pilot: PilotDetail;
  readonly verdicts: Readonly<Record<Verdict, number>> | null;
  readonly review: PilotHealth["review"];
}

const NEAR_END = 7 * DAY;
const MOST = 8;

/** What of a pilot has a day. */
export interface DatedPilot {
  readonly pilot: Pick<PilotDetail, "id" | "name" | "timeZone" | "baselineUntil" | "charter">;
  readonly review: PilotHealth["review"];
}

/** What comes by itself, the soonest first; a day without a time stands as its date. */
export function comingOf(
  brief: Pick<Brief, "now">,
  live: readonly Pick<RunView, "status">[],
  details: readonly DatedPilot[],
): Coming[] {
  const { now } = brief;
  const queued = live.filter(({ status }) => status === "queued");
  const dated: (Coming & { readonly at: number })[] = details.flatMap(({ pilot, review }) => {
    const { id, name, timeZone, baselineUntil, charter } = pilot;
    const { endsOn } = charter.charter.rollback;
    const ends = Date.parse(endsOn);
    return [
      ...(review?.next
        ? [
            {
              ...{ key: `review ${id}`, at: Date.parse(review.next), when: review.next.slice(5) },
              ...{ text: `Numbers of ${name} are looked at`, href: `/kpis?pilot=${id}` },
            },
          ]
        : []),
      ...(baselineUntil && baselineUntil.getTime() > now
        ? [
            {
              ...{ key: `baseline ${id}`, at: baselineUntil.getTime() },
              when: momentWords(timeZone, baselineUntil.getTime(), now),
              ...{ text: `${name} is measured; then agents are let in`, href: `/pilots/${id}` },
            },
          ]
        : []),
      // Past its last day it goes on until people decide: that comes by no clock.
      ...(endsOn >= dayIn(timeZone, now) && ends - now < NEAR_END
        ? [
            {
              ...{ key: `end ${id}`, at: ends, when: endsOn.slice(5) },
              ...{ text: `${name} ends`, href: `/pilots/${id}` },
            },
          ]
        : []),
    ];
  });
  const first: Coming[] =
    queued.length === 0
      ? []
      : [
          {
            ...{ key: "queued", when: "queued", href: "/runs?status=queued" },
            text:
              queued.length === 1 ? "1 run waits for a runner" : `${queued.length} runs wait for a runner`,
          },
        ];
  return [...first, ...dated.toSorted((one, other) => one.at - other.at)].slice(0, MOST);
}

import { ListX } from "lucide-react";
import Link from "next/link";
import { briefParts, isEmpty, momentWords } from "#lib/briefs/rules.ts";
import type { Brief, BriefCount, BriefRow, BriefSpan, HomeView } from "#lib/briefs/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatMicros, plural, shortId } from "../format.ts";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { SegmentedLinks } from "../ui/tabs.tsx";
import { Visible } from "../ui/visible.tsx";

const TITLES: Readonly<Record<HomeView, string>> = {
  engineering: "Morning brief",
  security: "Security brief",
  overview: "Brief",
};
const VIEWS: Readonly<Record<HomeView, string>> = {
  engineering: "Engineering",
  security: "Security",
  overview: "Overview",
};

const SPANS: readonly BriefSpan[] = ["work", "24", "72", "168"];

function spanTitle(span: BriefSpan, { since, now }: Brief): string {
  if (span !== "work") return span === "24" ? "24 h" : `${Number(span) / 24} d`;
  return since.isWorkEnd && since.span === "work"
    ? `Since ${momentWords(since.timeZone, since.at, now)}`
    : "Since work";
}

export interface BriefHeadProps {
  readonly brief: Brief;
  /** More than one: the person has both roles. */
  readonly views: readonly HomeView[];
  /** Reads `view`, and keeps it for the next visit. */
  readonly choose: FormAction;
}

interface HeadProps extends BriefHeadProps {
  /** The checklist stands above: that nothing happened and nothing is needed would gainsay it. */
  readonly isSettingUp: boolean;
}

/** What the page is about, since when it tells, and which of their views a person with several roles sees. */
export function BriefHead({ brief, views, choose, isSettingUp }: HeadProps) {
  const { view, since, now } = brief;
  const today = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: since.timeZone, weekday: "short", day: "numeric", month: "short" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  }).format(now);
  const others = views.filter((each) => each !== view);
  return (
    <>
      <div className="row wrap mb-3 brief-head">
        <h1 className="h2">{TITLES[view]}</h1>
        <span className="t3 sm num">
          {today} {since.timeZone}
        </span>
        <span className="grow" />
        {others.map((other) => (
          <ActionButton
            key={other}
            action={choose}
            fields={{ view: other, since: since.span }}
            doing="Changing"
            size="sm"
          >
            {VIEWS[other]} view
          </ActionButton>
        ))}
        <SegmentedLinks
          label="Brief of the time"
          options={SPANS.map((span) => ({
            href: `/?view=${view}&since=${span}`,
            title: spanTitle(span, brief),
            current: span === since.span,
          }))}
        />
      </div>
      {isSettingUp && isEmpty(brief) ? null : <Sentence brief={brief} />}
    </>
  );
}

function Sentence({ brief }: { brief: Brief }) {
  const keyed = briefParts(brief).map((part, place) => ({ ...part, key: String(place) }));
  return (
    <p className="brief" data-brief={brief.view}>
      {keyed.map(({ key, text, href, isQuoted }) => {
        if (href)
          return (
            <Link key={key} href={href}>
              {text}
            </Link>
          );
        return isQuoted ? <Visible key={key} text={text} /> : text;
      })}
    </p>
  );
}

const ROWS: Readonly<Record<BriefCount, string>> = {
  causes: "Causes of failures",
  launched: "Runs launched",
  verified: "Patches verified",
  merged: "Patches merged",
  no_change: "Runs that gave up",
  failed: "Runs that broke down",
  spend: "Spent on models",
  denied: "Connections denied",
  charters: "Charters written",
};

/** The rows that a number of the sentence counts. */
export function BriefRows({
  kind,
  rows,
  close,
}: {
  kind: BriefCount;
  rows: readonly BriefRow[];
  /** The page without them. */
  close: string;
}) {
  return (
    <Panel
      title={ROWS[kind]}
      fact={plural(rows.length, "row")}
      id="rows"
      className="mt-4"
      actions={
        <Link className="link sm" href={close} scroll={false}>
          Close
        </Link>
      }
    >
      {rows.length === 0 ? (
        <Empty icon={ListX} title="No row" text="Nothing of this happened in the time of the brief." />
      ) : (
        <Table
          label={ROWS[kind]}
          tall
          columns={[
            { key: "what", title: "What" },
            { key: "amount", title: AMOUNTS[kind] ?? "", number: true },
            { key: "at", title: "When", wide: true },
          ]}
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="fill">
                <div className="cell2">
                  <Link
                    className="med"
                    href={row.runId ? `/runs/${row.runId}` : `/pilots/${row.pilotId}?tab=charter`}
                  >
                    <Visible text={row.title} />
                  </Link>
                  <div className="t3 trunc">
                    <span className="mono">{shortId(row.runId ?? row.id)}</span>
                    {row.detail ? (
                      <>
                        {" · "}
                        <Visible text={row.detail} />
                      </>
                    ) : null}
                  </div>
                </div>
              </td>
              <td className="n nowrap">{amountOf(kind, row.weight)}</td>
              <td className="only-wide nowrap t2">
                <RelativeTime at={row.at.toISOString()} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

const AMOUNTS: Partial<Record<BriefCount, string>> = {
  causes: "Failing tests",
  spend: "Spent",
  denied: "Connections",
};

const amountOf = (kind: BriefCount, weight: number): string => {
  if (AMOUNTS[kind] === undefined) return "";
  return kind === "spend" ? formatMicros(weight) : String(weight);
};

import { ScrollText } from "lucide-react";
import Link from "next/link";
import type { EntryDetailView, EntryFilter, EntryPage, EntryView } from "#lib/log/schema.ts";
import { ENTRY_KINDS } from "#lib/record/schema.ts";
import { formatCount } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { Pager } from "../list/pager.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Visible } from "../ui/visible.tsx";
import { EntryDetail } from "./entry-detail.tsx";
import { inWords } from "./entry-words.ts";
import { iconOf } from "./kind-icons.ts";
import { type LogLinks, logLinks } from "./log-links.ts";

export interface LogPageProps {
  readonly page: EntryPage;
  readonly filter: EntryFilter;
  /** The entry that is open. */
  readonly entry: EntryDetailView | null;
  /** Entries in all. */
  readonly total: number;
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  /** The page is not the first: `?after=` of the address. */
  readonly after: string | null;
}

/** Who did what, when, in the words of the record; filters and the open entry live in the address. */
export function LogPage({ page, filter, entry, total, pilots, after }: LogPageProps) {
  const links = logLinks(filter, after);
  return (
    <div className="log" data-open={entry ? "true" : "false"}>
      <h1 className="vh">Log</h1>
      <dl className="strip">
        <div>
          <dt>Entries</dt>
          <dd className="num med">{formatCount(total)}</dd>
        </div>
        <div>
          <dt>Checkpoint</dt>
          <dd className="t2">None signed</dd>
        </div>
        <div>
          <dt>Witnesses</dt>
          <dd className="t2">Not witnessed</dd>
        </div>
      </dl>
      <div className="log-split">
        <section className="log-list" aria-label="Entries">
          <FilterBar found={`${formatCount(page.entries.length)} shown`} fields={fieldsOf(filter, pilots)} />
          <section className="log-scroll" aria-label="Entries, scrolls" {...SCROLLS}>
            {page.entries.length === 0 ? (
              <Empty icon={ScrollText} title="No entry fits" text="Clear the filter, or widen the days." />
            ) : (
              <ListKeys>
                <EntryTable entries={page.entries} open={entry?.id ?? null} links={links} />
              </ListKeys>
            )}
            {page.next || after ? (
              <Pager
                shown={`${page.entries.length} of ${formatCount(total)}`}
                first={after ? links.page(null) : null}
                next={page.next ? links.page(page.next) : null}
              />
            ) : null}
          </section>
        </section>
        {entry ? (
          <EntryDetail entry={entry} close={links.entry(null)} />
        ) : (
          <section className="log-detail" aria-label="Entry">
            <Empty
              icon={ScrollText}
              title="Choose an entry"
              text="It shows what the log commits to, byte by byte, and its digest."
            />
          </section>
        )}
      </div>
    </div>
  );
}

function fieldsOf(filter: EntryFilter, pilots: LogPageProps["pilots"]) {
  return [
    { name: "subject", label: "Run, pilot or other id", value: filter.subject ?? "" },
    { name: "actor", label: "Actor's id", value: filter.actor ?? "" },
    {
      name: "kind",
      label: "Any kind",
      value: filter.kind ?? "",
      options: ENTRY_KINDS.map((kind) => ({ value: kind, title: kind })),
    },
    {
      name: "pilotId",
      label: "Any pilot",
      value: filter.pilotId ?? "",
      options: pilots.map(({ id, name }) => ({ value: id, title: name })),
    },
    { name: "from", label: "From, UTC", value: filter.from ?? "", type: "date" as const },
    { name: "to", label: "To", value: filter.to ?? "", type: "date" as const },
  ];
}

function EntryTable({
  entries,
  open,
  links,
}: {
  entries: readonly EntryView[];
  open: string | null;
  links: LogLinks;
}) {
  return (
    <table className="fix" aria-label="Entries">
      <thead>
        <tr>
          <th scope="col" className="at">
            Time
          </th>
          <th scope="col" className="kind">
            Kind
          </th>
          <th scope="col">What</th>
          <th scope="col" className="who-col only-wide">
            Who
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id} aria-selected={entry.id === open || undefined}>
            <td className="mono t3 nowrap" title={entry.at.toISOString()}>
              <ClockTime at={entry.at.toISOString()} />
            </td>
            <td className="nowrap trunc">
              <Icon of={iconOf(entry.kind)} className="t3 mr-1.5" />
              <span className="mono">{entry.kind}</span>
            </td>
            <td>
              <Link
                className="trunc block"
                href={links.entry(entry.id)}
                scroll={false}
                data-row
                aria-current={entry.id === open ? "true" : undefined}
              >
                <Visible text={inWords(entry)} />
              </Link>
            </td>
            <td className="t2 trunc only-wide">
              <Visible text={entry.actor.name} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

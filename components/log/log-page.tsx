import { ScrollText } from "lucide-react";
import type { EntryFilter, EntryPage, EntryView } from "#lib/log/schema.ts";
import { ENTRY_KINDS } from "#lib/record/schema.ts";
import { formatCount, formatExact } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { Pager } from "../list/pager.tsx";
import { Empty } from "../ui/empty.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { EntryDetail, type EntryDetailProps } from "./entry-detail.tsx";
import { EntryTable } from "./entry-table.tsx";
import { LogHead, type LogHeadProps } from "./log-head.tsx";
import { logLinks } from "./log-links.ts";

export interface LogPageProps {
  readonly page: EntryPage;
  readonly filter: EntryFilter;
  /** The entry that is open. */
  readonly entry: Omit<EntryDetailProps, "close"> | null;
  /** Entries that wait for the notary, where the list begins with the newest of all. */
  readonly waiting: readonly EntryView[];
  readonly head: LogHeadProps;
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  /** The page is not the first: `?after=` of the address. */
  readonly after: string | null;
}

/** Who did what, when, in the words of the record; the filter lives in the address, the open entry is its path. */
export function LogPage({ page, filter, entry, waiting, head, pilots, after }: LogPageProps) {
  const links = logLinks(filter, after);
  const shown = page.entries.length + waiting.length;
  return (
    <div className="log" data-open={entry ? "true" : "false"}>
      <h1 className="vh">Log</h1>
      <LogHead {...head} />
      <div className="log-split">
        <section className="log-list" aria-label="Entries">
          <FilterBar found={`${formatCount(shown)} shown`} fields={fieldsOf(filter, pilots)} />
          <section className="log-scroll" aria-label="Entries, scrolls" {...SCROLLS}>
            {shown === 0 ? <NoEntry page={page} /> : null}
            {shown > 0 ? (
              <ListKeys>
                <EntryTable
                  entries={page.entries}
                  waiting={waiting}
                  open={entry?.entry.id ?? null}
                  links={links}
                />
              </ListKeys>
            ) : null}
            {page.next || after ? (
              <Pager
                shown={
                  page.lookedBackTo
                    ? `Looked back to ${formatExact(page.lookedBackTo.toISOString())}; “Older” goes on there`
                    : `${formatCount(page.entries.length)} of ${formatCount(head.state.numbered)}`
                }
                first={after ? links.page(null) : null}
                next={page.next ? links.page(page.next) : null}
              />
            ) : null}
          </section>
        </section>
        {entry ? (
          <EntryDetail {...entry} close={links.entry(null)} />
        ) : (
          <section className="log-detail" aria-label="Entry">
            <Empty
              icon={ScrollText}
              title="Choose an entry"
              text="It shows what the log commits to, byte by byte, and the proof that it is in the log."
            />
          </section>
        )}
      </div>
    </div>
  );
}

function NoEntry({ page }: { page: EntryPage }) {
  return page.lookedBackTo ? (
    <Empty
      icon={ScrollText}
      title="None so far"
      text="These conditions seldom meet. What was looked through for this page holds none; go on to older entries."
    />
  ) : (
    <Empty icon={ScrollText} title="No entry fits" text="Clear the filter, or widen the days." />
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

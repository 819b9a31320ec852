import Link from "next/link";
import type { EntryView } from "#lib/log/schema.ts";
import { formatCount } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { inWords } from "./entry-words.ts";
import { iconOf } from "./kind-icons.ts";
import type { LogLinks } from "./log-links.ts";

export interface EntryTableProps {
  readonly entries: readonly EntryView[];
  /** Written, but not numbered yet: they stand first. */
  readonly waiting: readonly EntryView[];
  /** Id of the entry that is open. */
  readonly open: string | null;
  readonly links: LogLinks;
}

export function EntryTable({ entries, waiting, open, links }: EntryTableProps) {
  return (
    <table className="fix" aria-label="Entries">
      <thead>
        <tr>
          <th scope="col" className="ix n only-wide">
            Index
          </th>
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
        {[...waiting, ...entries].map((entry) => (
          <EntryRow key={entry.id} entry={entry} isOpen={entry.id === open} href={links.entry(entry.id)} />
        ))}
      </tbody>
    </table>
  );
}

function EntryRow({ entry, isOpen, href }: { entry: EntryView; isOpen: boolean; href: string }) {
  const { index, kind, actor } = entry;
  const at = entry.at.toISOString();
  return (
    <tr aria-selected={isOpen || undefined}>
      <td className="n mono t3 only-wide">
        {index === null ? <span className="need">waits</span> : formatCount(index)}
      </td>
      <td className="mono t3 nowrap" title={at}>
        <ClockTime at={at} />
      </td>
      <td className="nowrap trunc">
        <Icon of={iconOf(kind)} className="t3 mr-1.5" />
        <span className="mono">{kind}</span>
      </td>
      <td>
        <Link
          className="trunc -my-1 block py-1"
          href={href}
          scroll={false}
          data-row
          aria-current={isOpen ? "true" : undefined}
        >
          <Visible text={inWords(entry)} />
        </Link>
      </td>
      <td className="t2 trunc only-wide">
        <Visible text={actor?.name ?? "unreadable"} />
      </td>
    </tr>
  );
}

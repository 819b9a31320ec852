import { ScrollText } from "lucide-react";
import Link from "next/link";
import { formatCount } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { type NavItem, type NavKey, navOf } from "./navigation.ts";

/** What the foot of the navigation says about the record. */
export interface LogFoot {
  readonly entries: number;
  readonly isAlarmed: boolean;
  /** When a witness last signed a checkpoint; null where none has. */
  readonly witnessedAt: Date | null;
}

export type NavCounts = Partial<Record<NavKey, number>>;

interface NavProps {
  readonly current: NavKey | null;
  readonly counts: NavCounts;
  readonly log: LogFoot | null;
  readonly rail: boolean;
}

export function Nav({ current, counts, log, rail }: NavProps) {
  const entry = (item: NavItem) => (
    <Entry key={item.key} {...{ item, rail }} current={item.key === current} count={counts[item.key] ?? 0} />
  );
  return (
    <nav className="nav" aria-label="Main">
      <div className="in">
        {navOf("work").map(entry)}
        <hr />
        {navOf("connected").map(entry)}
        {log ? <Foot log={log} /> : null}
      </div>
    </nav>
  );
}

function Entry({
  item,
  current,
  count,
  rail,
}: {
  item: NavItem;
  current: boolean;
  count: number;
  rail: boolean;
}) {
  return (
    <Link
      href={item.href}
      aria-current={current ? "page" : undefined}
      aria-label={rail ? (count > 0 ? `${item.title}, ${count}` : item.title) : undefined}
      title={rail ? item.title : undefined}
    >
      <Icon of={item.icon} size={16} />
      <span>{item.title}</span>
      {count > 0 ? (
        <span className={`cnt ${item.key === "inbox" ? "need" : ""}`}>{formatCount(count)}</span>
      ) : null}
    </Link>
  );
}

function Foot({ log: { entries, isAlarmed, witnessedAt } }: { log: LogFoot }) {
  const size = `Log ${formatCount(entries)}`;
  return (
    <div className="foot">
      <span className="row gap-1.5" title={size}>
        <Icon of={ScrollText} />
        <span className="num">{size}</span>
      </span>
      {isAlarmed ? (
        <span className="bad">Alarm</span>
      ) : witnessedAt ? (
        <span>
          Witnessed <RelativeTime at={witnessedAt.toISOString()} />
        </span>
      ) : (
        <span>Not witnessed</span>
      )}
    </div>
  );
}

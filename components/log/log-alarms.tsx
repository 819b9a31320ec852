import Link from "next/link";
import type { AlarmView } from "#lib/log/schema.ts";
import { Note } from "../ui/note.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

/** What the notary found wrong, in words. Nothing where all is well. */
export function LogAlarms({ alarms, link = false }: { alarms: readonly AlarmView[]; link?: boolean }) {
  if (alarms.length === 0) return null;
  return (
    <div className="alarms">
      {alarms.map(({ kind, title, detail, since, stopsMerges }) => (
        <Note key={kind} tone="bad" role="alert">
          <p>
            <span className="med">{title}</span>
            {stopsMerges ? " Nothing is merged until this is settled." : ""}{" "}
            <span className="nowrap">
              Since <RelativeTime at={since.toISOString()} />.
            </span>{" "}
            {link ? (
              <Link className="link" href="/log">
                The log
              </Link>
            ) : null}
          </p>
          {detail ? (
            <p className="sm mono tw">
              <Visible text={detail} mode="block" />
            </p>
          ) : null}
        </Note>
      ))}
    </div>
  );
}

import { OctagonX } from "lucide-react";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { shortId } from "../format.ts";
import type { InboxCounts } from "../inbox/inbox-rules.ts";
import type { AskToSign } from "../passkeys/ceremony.ts";
import { SigningProvider } from "../passkeys/signing-provider.tsx";
import { Mark } from "../ui/mark.tsx";
import { Note } from "../ui/note.tsx";
import { Commands } from "./commands.tsx";
import { LiveDot } from "./live-dot.tsx";
import { type LogFoot, Nav, type NavCounts } from "./nav.tsx";
import type { NavKey } from "./navigation.ts";
import type { PaletteItem } from "./palette.tsx";
import { PersonMenu, type PersonMenuProps } from "./person-menu.tsx";
import { type PilotChoice, PilotSwitcher } from "./pilot-switcher.tsx";
import { Stop, type StopProps } from "./stop.tsx";
import { Tabbar } from "./tabbar.tsx";

/** What is the same on every page of one request. */
export interface ShellData {
  readonly person: PersonMenuProps;
  readonly pilots: readonly PilotChoice[];
  readonly counts: NavCounts;
  /** What waits, as the pages that list it say it too. */
  readonly inbox: InboxCounts;
  /** Null for a person who may not see the log. */
  readonly log: LogFoot | null;
  readonly palette: readonly PaletteItem[];
  /** Null for a person who may not pull it. */
  readonly stop: StopProps | null;
  /** The door that says what a passkey is to sign. */
  readonly sign: AskToSign;
  /** A stop that is in force: one sentence, and where it is lifted. */
  readonly stopped: { readonly sentence: string; readonly href: string } | null;
}

export interface Crumb {
  readonly title: string;
  readonly href: string;
  readonly mono?: boolean;
}

export interface ShellProps {
  readonly data: ShellData;
  readonly current: NavKey | null;
  /** Id of the pilot the page is about. */
  readonly pilot?: string | null;
  readonly crumbs?: readonly Crumb[];
  /** Work pages (run, review, log) get the narrow navigation. */
  readonly rail?: boolean;
  readonly children: ReactNode;
}

export function Shell({ data, current, pilot = null, crumbs = [], rail = false, children }: ShellProps) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link className="brand" href="/" aria-label="Pilothouse home">
          <Mark />
        </Link>
        <PilotSwitcher pilots={data.pilots} current={pilot} />
        <Crumbs crumbs={crumbs} />
        <span className="grow" />
        <LiveDot />
        <Commands items={data.palette} />
        {data.stop ? <Stop {...data.stop} /> : null}
        <PersonMenu {...data.person} />
      </header>
      <div className={rail ? "frame rail" : "frame"}>
        <Nav current={current} counts={data.counts} log={data.log} rail={rail} />
        <main className="main" id="main" tabIndex={-1}>
          {data.stopped ? (
            <div className="stopped">
              <Note tone="bad" icon={OctagonX} role="status">
                {data.stopped.sentence}{" "}
                <Link className="link in" href={data.stopped.href}>
                  Lift it
                </Link>
              </Note>
            </div>
          ) : null}
          <SigningProvider ask={data.sign}>{children}</SigningProvider>
        </main>
      </div>
      <Tabbar current={current} counts={data.counts} />
    </>
  );
}

function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="You are here" className="row only-wide">
      {crumbs.map(({ title, href, mono }, index) => (
        <Fragment key={href}>
          <span className="sep" aria-hidden="true">
            /
          </span>
          <Link
            className="crumb trunc"
            href={href}
            aria-current={index === crumbs.length - 1 ? "page" : undefined}
          >
            {mono ? <span className="mono">{shortId(title)}</span> : title}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}

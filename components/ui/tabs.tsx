import Link from "next/link";
import type { ReactNode } from "react";

export interface Tab {
  readonly href: string;
  readonly title: string;
  readonly count?: ReactNode;
  readonly current?: boolean;
  readonly phoneOnly?: boolean;
}

/** Tabs are links: each has its own address. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ href, title, count, current, phoneOnly }) => (
        <Link
          key={title}
          href={href}
          aria-current={current ? "page" : undefined}
          scroll={false}
          className={phoneOnly ? "only-phone" : ""}
        >
          {title}
          {count === undefined ? null : <span className="cnt">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** The same choice as a segment; each option is an address. */
export function SegmentedLinks({ label, options }: { label: string; options: readonly Tab[] }) {
  return (
    <nav className="seg" aria-label={label}>
      {options.map(({ href, title, count, current }) => (
        <Link key={title} href={href} aria-current={current ? "true" : undefined} scroll={false}>
          {title}
          {count === undefined ? null : <span className="num t3">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}

"use client";

import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuLink } from "../ui/menu.tsx";
import type { NavCounts } from "./nav.tsx";
import { NAVIGATION, type NavKey } from "./navigation.ts";

/** The phone's tabs; what has no tab is behind More. */
export function Tabbar({ current, counts }: { current: NavKey | null; counts: NavCounts }) {
  const tabs = NAVIGATION.filter(({ tab }) => tab);
  const rest = NAVIGATION.filter(({ tab, part }) => !tab && part !== "quiet");
  return (
    <nav className="tabbar" aria-label="Main, phone">
      {tabs.map(({ key, href, title, icon }) => (
        <Link key={key} href={href} aria-current={key === current ? "page" : undefined}>
          <Icon of={icon} size={20} />
          {title}
          {counts[key] ? <span className="cnt num">{counts[key]}</span> : null}
        </Link>
      ))}
      <Menu
        label="More pages"
        trigger={
          <button
            type="button"
            className="tab"
            aria-current={rest.some(({ key }) => key === current) ? "page" : undefined}
          >
            <Icon of={Ellipsis} size={20} />
            More
          </button>
        }
      >
        {rest.map(({ key, href, title, icon }) => (
          <MenuLink key={key} href={href} icon={icon} current={key === current}>
            {title}
          </MenuLink>
        ))}
      </Menu>
    </nav>
  );
}

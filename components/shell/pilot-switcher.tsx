"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { type StatusOf, statusFace } from "../status.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuLine, MenuLink } from "../ui/menu.tsx";

export interface PilotChoice {
  readonly id: string;
  readonly name: string;
  readonly status: StatusOf<"pilot">;
  /** Where choosing it leads. */
  readonly href: string;
}

export interface PilotSwitcherProps {
  readonly pilots: readonly PilotChoice[];
  /** Id of the pilot the page is about; null for all. */
  readonly current: string | null;
}

export function PilotSwitcher({ pilots, current }: PilotSwitcherProps) {
  const chosen = pilots.find(({ id }) => id === current);
  const title = chosen?.name ?? (pilots.length === 0 ? "No pilot yet" : "All pilots");
  return (
    <Menu
      label="Pilots"
      align="start"
      trigger={
        <button type="button" className="switch" title={title}>
          <span className={`dot ${chosen ? statusFace("pilot", chosen.status).tone : "wait"}`} />
          <span className="vh">Pilot: </span>
          <span className="trunc">{title}</span>
          <Icon of={ChevronsUpDown} size={12} />
        </button>
      }
    >
      {pilots.map(({ id, name, status, href }) => (
        <MenuLink key={id} href={href} current={id === current}>
          <span className={`dot ${statusFace("pilot", status).tone}`} />
          <span className="grow trunc">{name}</span>
          {id === current ? (
            <Icon of={Check} />
          ) : (
            <span className="t3 sm">{statusFace("pilot", status).word}</span>
          )}
        </MenuLink>
      ))}
      {pilots.length > 0 ? <MenuLine /> : null}
      <MenuLink href="/pilots" current={current === null}>
        All pilots
      </MenuLink>
      <MenuLink href="/pilots/new">Write a charter</MenuLink>
    </Menu>
  );
}

"use client";

import { Clock, KeyRound, Laptop, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { startTransition, useState } from "react";
import { initials } from "../format.ts";
import { Menu, MenuAction, MenuChoice, MenuLabel, MenuLine, MenuLink } from "../ui/menu.tsx";
import { type Theme, themeCookie } from "./theme.ts";

export interface PersonMenuProps {
  readonly name: string;
  readonly email: string;
  /** "Engineering lead" */
  readonly role: string;
  readonly theme: Theme;
  readonly signOut: () => Promise<unknown>;
}

const THEMES = [
  { value: "system", title: "System", icon: Monitor },
  { value: "light", title: "Light", icon: Sun },
  { value: "dark", title: "Dark", icon: Moon },
] as const;

function wear(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  Reflect.set(document, "cookie", themeCookie(theme));
}

export function PersonMenu({ name, email, role, theme: first, signOut }: PersonMenuProps) {
  const [theme, setTheme] = useState<Theme>(first);
  const choose = (next: Theme) => {
    setTheme(next);
    wear(next);
  };
  return (
    <Menu
      label="You"
      trigger={
        <button type="button" className="ava person" title={name}>
          {initials(name)}
          <span className="vh">: {name}, theme and sign-out</span>
        </button>
      }
    >
      <MenuLabel>
        <span className="block text-13 text-ink font-medium">{name}</span>
        {email}
        <br />
        {role}
      </MenuLabel>
      <MenuLine />
      <MenuChoice label="Theme" value={theme} options={THEMES} onChange={choose} />
      <MenuLine />
      <MenuLink href="/settings/sign-in" icon={KeyRound}>
        Your sign-in
      </MenuLink>
      <MenuLink href="/settings/minutes" icon={Clock}>
        Your minutes
      </MenuLink>
      <MenuLink href="/settings/sessions" icon={Laptop}>
        Sessions
      </MenuLink>
      <MenuLine />
      <MenuAction icon={LogOut} onSelect={() => startTransition(async () => void (await signOut()))}>
        Sign out
      </MenuAction>
    </Menu>
  );
}

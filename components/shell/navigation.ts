// Navigation as data: the side bar, the phone's tabs, the palette, the shortcuts and the sheet read this table.
import {
  BellRing,
  Bot,
  ChartLine,
  Clock,
  Cloud,
  Compass,
  Fingerprint,
  FolderGit2,
  House,
  Inbox,
  KeyRound,
  KeySquare,
  Laptop,
  ListChecks,
  type LucideIcon,
  Play,
  Radar,
  Rocket,
  ScrollText,
  Server,
  ShieldCheck,
  UserRoundCheck,
  UsersRound,
} from "lucide-react";

export type NavKey =
  | "home"
  | "inbox"
  | "runs"
  | "pilots"
  | "kpis"
  | "findings"
  | "log"
  | "controls"
  | "setup"
  | "passkeys"
  | "tokens"
  | "agents"
  | "notices"
  | "providers"
  | "repositories"
  | "deliveries"
  | "runners"
  | "people"
  | "deputies"
  | "sessions"
  | "minutes"
  | "sign_in";

export interface NavItem {
  readonly key: NavKey;
  readonly href: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** Pressed after `g`. */
  readonly letter?: string;
  /** `work` pages come first, `connected` ones below the line; `quiet` is only in the palette. */
  readonly part: "work" | "connected" | "quiet";
  /** One of the phone's tabs. */
  readonly tab?: true;
}

export const NAVIGATION: readonly NavItem[] = [
  { key: "home", href: "/", title: "Home", icon: House, letter: "h", part: "work", tab: true },
  { key: "inbox", href: "/inbox", title: "Inbox", icon: Inbox, letter: "i", part: "work", tab: true },
  { key: "runs", href: "/runs", title: "Runs", icon: Play, letter: "r", part: "work", tab: true },
  { key: "pilots", href: "/pilots", title: "Pilots", icon: Compass, letter: "p", part: "work", tab: true },
  { key: "kpis", href: "/kpis", title: "KPIs", icon: ChartLine, letter: "k", part: "work" },
  { key: "findings", href: "/findings", title: "Findings", icon: Radar, letter: "f", part: "work" },
  { key: "log", href: "/log", title: "Log", icon: ScrollText, letter: "l", part: "work" },
  { key: "controls", href: "/controls", title: "Controls", icon: ShieldCheck, letter: "c", part: "work" },
  { key: "agents", href: "/agents", title: "Agents", icon: Bot, part: "connected" },
  { key: "providers", href: "/providers", title: "Providers", icon: Cloud, part: "connected" },
  { key: "repositories", href: "/repositories", title: "Repositories", icon: FolderGit2, part: "connected" },
  { key: "deliveries", href: "/deliveries", title: "Deliveries", icon: Rocket, part: "connected" },
  { key: "runners", href: "/runners", title: "Runners", icon: Server, part: "connected" },
  { key: "notices", href: "/notices", title: "Notices", icon: BellRing, part: "connected" },
  { key: "passkeys", href: "/settings/passkeys", title: "Passkeys", icon: Fingerprint, part: "connected" },
  { key: "tokens", href: "/settings/tokens", title: "API tokens", icon: KeySquare, part: "connected" },
  { key: "people", href: "/settings/people", title: "People", icon: UsersRound, part: "connected" },
  { key: "deputies", href: "/settings/deputies", title: "Deputies", icon: UserRoundCheck, part: "quiet" },
  { key: "sign_in", href: "/settings/sign-in", title: "Your sign-in", icon: KeyRound, part: "quiet" },
  { key: "sessions", href: "/settings/sessions", title: "Sessions", icon: Laptop, part: "quiet" },
  { key: "minutes", href: "/settings/minutes", title: "Your minutes", icon: Clock, part: "quiet" },
  { key: "setup", href: "/setup", title: "Setup", icon: ListChecks, part: "quiet" },
];

export const navOf = (part: NavItem["part"]): NavItem[] => NAVIGATION.filter((item) => item.part === part);

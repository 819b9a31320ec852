import { Tabs } from "../ui/tabs.tsx";

const PAGES = [
  { href: "/settings/people", title: "People" },
  { href: "/settings/groups", title: "Groups" },
  { href: "/settings/roles", title: "Roles" },
  { href: "/settings/deputies", title: "Deputies and duty" },
] as const;

export type SettingsTab = (typeof PAGES)[number]["title"];

export function SettingsTabs({ current }: { current: SettingsTab }) {
  return (
    <Tabs
      label="People and what they may"
      tabs={PAGES.map(({ href, title }) => ({ href, title, current: title === current }))}
    />
  );
}

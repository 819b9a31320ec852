import { Command } from "cmdk";
import { ArrowRight } from "lucide-react";
import { useRouter } from "next/navigation";
import { Icon } from "../ui/icon.tsx";
import { Keys } from "../ui/kbd.tsx";
import { useModal } from "../ui/use-modal.ts";
import { NAVIGATION } from "./navigation.ts";

export interface PaletteItem {
  readonly id: string;
  /** "Pilots", "Runs", "Actions" */
  readonly group: string;
  readonly title: string;
  readonly detail?: string;
  readonly href: string;
}

export interface PaletteProps {
  readonly open: boolean;
  readonly items: readonly PaletteItem[];
  readonly onClose: () => void;
}

const PAGES: readonly PaletteItem[] = NAVIGATION.map(({ key, title, href }) => ({
  id: key,
  group: "Pages",
  title,
  href,
}));

/** Everything with an address, by name. */
export function Palette({ open, items, onClose }: PaletteProps) {
  const element = useModal(open);
  const router = useRouter();
  const groups = Map.groupBy([...items, ...PAGES], ({ group }) => group);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <dialog ref={element} className="dlg wide palette" aria-label="Search or jump" onClose={onClose}>
      {open ? (
        <Command label="Search or jump" loop>
          <Command.Input className="cmd-input" placeholder="Search pages, pilots, runs, actions" />
          <Command.List className="cmd-list">
            <Command.Empty className="em t3 sm">Nothing has that name.</Command.Empty>
            {[...groups].map(([group, members]) => (
              <Command.Group key={group} heading={group}>
                {members.map(({ id, title, detail, href }) => (
                  <Command.Item
                    key={id}
                    value={`${group} ${title} ${detail ?? ""} ${id}`}
                    className="menu-item"
                    onSelect={() => go(href)}
                  >
                    <Icon of={ArrowRight} />
                    <span className="grow trunc">{title}</span>
                    {detail ? <span className="t3 sm trunc">{detail}</span> : null}
                  </Command.Item>
                ))}
              </Command.Group>
            ))}
          </Command.List>
          <div className="cmd-foot t3 xs">
            <span>
              <Keys keys={["↑", "↓"]} /> choose
            </span>
            <span>
              <Keys keys={["↵"]} /> open
            </span>
            <span>
              <Keys keys={["Esc"]} /> close
            </span>
          </div>
        </Command>
      ) : null}
    </dialog>
  );
}

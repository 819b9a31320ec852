"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Keys } from "../ui/kbd.tsx";
import { Palette, type PaletteItem } from "./palette.tsx";
import { SHEET, shortcut } from "./shortcut-rules.ts";

const WAIT_MS = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The search button, the palette, the shortcuts and their sheet. */
export function Commands({ items }: { items: readonly PaletteItem[] }) {
  const [open, setOpen] = useState<"palette" | "sheet" | null>(null);
  const router = useRouter();
  const waitingUntil = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const press = {
        key: event.key,
        command: event.metaKey || event.ctrlKey,
        other: event.altKey,
        typing: isTyping(event.target),
      };
      const effect = shortcut(press, event.timeStamp < waitingUntil.current);
      waitingUntil.current = effect && "wait" in effect ? event.timeStamp + WAIT_MS : 0;
      if (!effect || "wait" in effect) return;
      event.preventDefault();
      if ("go" in effect) router.push(effect.go);
      else setOpen(effect.open);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router]);
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        className="find"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => setOpen("palette")}
      >
        <Icon of={Search} />
        Search or jump<kbd>⌘K</kbd>
      </button>
      <Palette open={open === "palette"} items={items} onClose={close} />
      <Dialog open={open === "sheet"} onClose={close} title="Shortcuts" wide>
        <div className="grid grid-cols-2 gap-6 max-sm:grid-cols-1">
          {SHEET.map(({ title, rows }) => (
            <section key={title}>
              <h3 className="t3 sm med mb-1">{title}</h3>
              <dl className="grid grid-cols-[1fr_auto] gap-y-1.5">
                {rows.map(({ keys, does }) => (
                  <div key={does} className="contents">
                    <dt>{does}</dt>
                    <dd>
                      <Keys keys={keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </Dialog>
    </>
  );
}

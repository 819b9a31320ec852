// Which key does what. `g` waits for a letter; everything else acts at once.
import { REVIEW_KEYS } from "../review/diff/key-words.ts";
import { NAVIGATION } from "./navigation.ts";

export interface KeyPress {
  readonly key: string;
  readonly command: boolean;
  readonly other: boolean;
  /** The focus is where text is typed, or a dialog is open. */
  readonly typing: boolean;
}

export type ShortcutEffect =
  | { readonly go: string }
  | { readonly open: "palette" | "sheet" }
  | { readonly wait: true }
  | null;

/** `waiting`: `g` was pressed just before. */
export function shortcut({ key, command, other, typing }: KeyPress, waiting: boolean): ShortcutEffect {
  if (command && key.toLowerCase() === "k") return { open: "palette" };
  if (typing || command || other) return null;
  if (waiting) {
    const item = NAVIGATION.find(({ letter }) => letter === key);
    return item ? { go: item.href } : null;
  }
  if (key === "g") return { wait: true };
  if (key === "?") return { open: "sheet" };
  return null;
}

export interface SheetRow {
  readonly keys: readonly string[];
  readonly does: string;
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export const SHEET: readonly { readonly title: string; readonly rows: readonly SheetRow[] }[] = [
  {
    title: "Anywhere",
    rows: [
      { keys: ["⌘K"], does: "Search or jump" },
      { keys: ["?"], does: "This sheet" },
      ...NAVIGATION.flatMap(({ letter, title }) =>
        letter ? [{ keys: ["G", letter.toUpperCase()], does: title }] : [],
      ),
    ],
  },
  {
    title: "In a review",
    rows: Object.entries(REVIEW_KEYS).map(([key, does]) => ({
      keys: [key.toUpperCase()],
      does: sentence(does),
    })),
  },
  {
    title: "In a list",
    rows: [
      { keys: ["↓", "J"], does: "Next row" },
      { keys: ["↑", "K"], does: "Previous row" },
      { keys: ["↵"], does: "Open the row" },
    ],
  },
];

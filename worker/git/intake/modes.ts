export const EMPTY_MODE = "000000";

const MODES = { "100644": "file", "100755": "executable", "120000": "symlink", "160000": "gitlink" } as const;

/** git's four kinds of tree entry, as octal text. */
export type Mode = keyof typeof MODES;

export function modeOf(text: string): Mode {
  if (text in MODES) return text as Mode;
  // Group-writable files of very old histories.
  if (text === "100664") return "100644";
  throw new Error(`unknown tree mode ${JSON.stringify(text)}`);
}

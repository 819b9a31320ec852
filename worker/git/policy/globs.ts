// Path patterns of charters and of our own tables. `*` and `?` stay inside one path part, `**` spans any number of
// parts, and a pattern also covers everything below a folder it names: `src`, `src/`, `src/**` are the same.
// Matched without regular expressions: time is bounded by pattern length times path length.

function matchesPart(pattern: string, part: string): boolean {
  let p = 0;
  let s = 0;
  let star = -1;
  let resume = 0;
  while (s < part.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = s;
    } else if (pattern[p] === part[s] || pattern[p] === "?") {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

function partsOf(pattern: string): string[] {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  while (parts.at(-1) === "**") parts.pop();
  return parts;
}

/** True when `pattern` names `path` or a folder above it. */
export function globMatches(pattern: string, path: string): boolean {
  const wanted = partsOf(pattern);
  const parts = path.split("/");
  // reach[i]: the pattern so far can have consumed exactly i parts of the path.
  let reach = new Set([0]);
  for (const piece of wanted) {
    const next = new Set<number>();
    if (piece === "**") for (let i = Math.min(...reach); i <= parts.length; i++) next.add(i);
    else for (const i of reach) if (i < parts.length && matchesPart(piece, parts[i] ?? "")) next.add(i + 1);
    if (next.size === 0) return false;
    reach = next;
  }
  return true;
}

export const anyGlobMatches = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => globMatches(pattern, path));

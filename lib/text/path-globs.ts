// Path patterns of charters and of our own tables, read as git reads `:(glob)` pathspecs: `*` and `?` stay inside one
// path part, `**` as a whole part spans any number of parts, and a pattern without any of them also covers
// everything below the folder it names. Matched without regular expressions: time is bounded by pattern length times
// path length.

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

const partsOf = (pattern: string): string[] =>
  pattern.split("/").filter((part) => part !== "" && part !== ".");

/** True when `pattern` covers `path`. */
export function globMatches(pattern: string, path: string): boolean {
  const wanted = partsOf(pattern);
  if (!/[*?]/.test(pattern)) {
    const folder = wanted.join("/");
    return folder === "" || path === folder || path.startsWith(`${folder}/`);
  }
  const parts = path.split("/");
  // reach: how many parts of the path the pattern so far can have consumed.
  let reach = new Set([0]);
  for (const [index, piece] of wanted.entries()) {
    const next = new Set<number>();
    const first = Math.min(...reach);
    // At its end `**` stands for at least one part: what is inside the folder, not the folder.
    const least = index === wanted.length - 1 ? first + 1 : first;
    if (piece === "**") for (let i = least; i <= parts.length; i++) next.add(i);
    else for (const i of reach) if (i < parts.length && matchesPart(piece, parts[i] ?? "")) next.add(i + 1);
    if (next.size === 0) return false;
    reach = next;
  }
  return reach.has(parts.length);
}

export const anyGlobMatches = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => globMatches(pattern, path));

// What was found, said so that nobody has to know the formats.

/** A file or a line that is not what it has to be: nothing can be said about the rest. */
export class Unreadable extends Error {}

/** `not_shown`: nothing speaks against it, and this file cannot show it. */
export type Outcome = "holds" | "fails" | "not_shown" | "note";
export const CHECKS = [
  "format",
  "checkpoint",
  "tree",
  "old",
  "contents",
  "passkeys",
  "merges",
  "redactions",
  "attestation",
  "evidence",
  "receipt",
] as const;
export type Check = (typeof CHECKS)[number];

export interface Finding {
  readonly check: Check;
  readonly outcome: Outcome;
  readonly says: string;
  /** The entry it is about. */
  readonly index?: number;
}

export interface Report {
  /** 0 all holds · 1 something does not · 2 cannot be read · 3 holds as far as shown. */
  readonly code: 0 | 1 | 2 | 3;
  /** Why nothing more was read; null when all was. */
  readonly unreadable: string | null;
  readonly findings: readonly Finding[];
}

const MAX_LISTED = 100;

export type Findings = ReturnType<typeof createFindings>;

/** Lists at most a hundred findings of a kind and counts the rest. */
export function createFindings() {
  const listed: Finding[] = [];
  const counts = new Map<string, number>();
  const kindOf = (check: Check, outcome: Outcome) => `${check} ${outcome}`;
  return {
    add(check: Check, outcome: Outcome, says: string, index?: number): void {
      const count = (counts.get(kindOf(check, outcome)) ?? 0) + 1;
      counts.set(kindOf(check, outcome), count);
      if (count <= MAX_LISTED)
        listed.push({ check, outcome, says, ...(index === undefined ? {} : { index }) });
    },
    has: (check: Check, outcome: Outcome): boolean => counts.has(kindOf(check, outcome)),
    report(unreadable: string | null): Report {
      const more = [...counts].flatMap(([kind, count]): Finding[] => {
        const [check, outcome] = kind.split(" ") as [Check, Outcome];
        const says = `and ${count - MAX_LISTED} more of this kind`;
        return count > MAX_LISTED ? [{ check, outcome, says }] : [];
      });
      const findings = [...listed, ...more].sort((a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check));
      const any = (outcome: Outcome) => findings.some((finding) => finding.outcome === outcome);
      const code = any("fails") ? 1 : unreadable !== null ? 2 : any("not_shown") ? 3 : 0;
      return { code, unreadable, findings };
    },
  };
}

/** Text from a bundle as a terminal may show it: one line, nothing that moves the cursor or turns the writing round. */
export function shown(text: string, length = 120): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

const WORD = { holds: "holds", fails: "FAILS", not_shown: "not shown", note: "note" };
const VERDICT = {
  0: "Everything that was checked holds.",
  1: "Something does not hold: do not rely on this file.",
  2: "The file could not be read to its end: nothing can be said about it.",
  3: "What is shown holds; a part could not be shown.",
};

export function textOf({ code, unreadable, findings }: Report): string {
  const lines = findings.map(({ check, outcome, says, index }) => {
    const where = index === undefined ? "" : `entry ${index}: `;
    return `${WORD[outcome].padEnd(9)}  ${check.padEnd(10)}  ${where}${shown(says, 1000)}`;
  });
  if (unreadable !== null) lines.push(`UNREADABLE            ${shown(unreadable, 1000)}`);
  return `${[...lines, VERDICT[code]].join("\n")}\n`;
}

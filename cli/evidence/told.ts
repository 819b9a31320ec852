// What `evidence reproduce` says in the end, for somebody who has never seen evidence. Pure.
import { isReproduced, type Part, reasonsFor } from "#lib/evidence/compare.ts";
import type { EvidenceDocument } from "#lib/evidence/document.ts";
import { visibleText } from "#lib/text/rules.ts";

const MARKS = { same: "✓", differs: "✗", unknown: "?" } satisfies Record<Part["is"], string>;
const MOST_LINES = 20;
const WIDTH = 32;

export interface About {
  readonly evidence: string;
  readonly digest: string;
  readonly document: EvidenceDocument;
}

export function told({ evidence, digest, document }: About, parts: readonly Part[]): string {
  const differing = parts.filter(({ is }) => is === "differs").length;
  const outcome = isReproduced(parts)
    ? "was reproduced: everything that was compared is the same."
    : `was not reproduced: ${differing} of ${parts.length} parts differ.`;
  const reasons = reasonsFor(parts);
  return [
    `Evidence ${evidence} ${outcome}`,
    "",
    `  evidence   ${digest} (SHA-256), reported by ${document.runner} for attempt ${document.attempt} of ${document.run}`,
    `  patch      ${document.patch} on commit ${document.baseCommit}`,
    "",
    ...parts.flatMap(partLines),
    "",
    "  ✓ same as then   ✗ differs   ? the evidence does not say it",
    "  Not compared, because they are other each time: durations, names of planted tests, digests of reports, changed lines that ran.",
    ...(reasons.length > 0 ? ["", "Why that may be:", ...reasons.map((reason) => `  ${reason}`)] : []),
  ].join("\n");
}

/** Names of tests are somebody's text: shown as plain text, and not all of a thousand. */
function partLines({ name, is, says, lines }: Part): string[] {
  const left = lines.length - MOST_LINES;
  const plain = (text: string) => visibleText(text, "line");
  return [
    `  ${MARKS[is]} ${name.padEnd(WIDTH)} ${plain(says)}`,
    ...lines.slice(0, MOST_LINES).map((line) => `      ${plain(line)}`),
    ...(left > 0 ? [`      and ${left} more`] : []),
  ];
}

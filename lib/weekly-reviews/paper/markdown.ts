// A week as Markdown. Texts from outside stay text: whatever Markdown or HTML would read is escaped, what hides is shown.
import { visibleText } from "../../text/rules.ts";
import { headlineOf } from "../rules.ts";
import type { WeekView } from "../schema.ts";
import type { Section } from "./cell-rules.ts";
import { STATE_WORDS, sectionsOf } from "./section-rules.ts";

/** ASCII punctuation may be escaped everywhere (CommonMark 6.1), and means nothing then. Addresses become no links. */
export const escaped = (text: string): string =>
  visibleText(text, "line")
    .replaceAll(/[!"#$%&'()*+,./:;<=>?@[\\\]^_`{|}~-]/g, "\\$&")
    .replaceAll(/\s+/g, " ");

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function section({ title, fact, columns, rows, empty }: Section): string[] {
  const head = [`## ${escaped(title)}`, "", `*${escaped(fact)}*`, ""];
  if (rows.length === 0) return [...head, escaped(empty), ""];
  return [
    ...head,
    row(columns.map(escaped)),
    row(columns.map(() => "---")),
    ...rows.map((cells) => row(cells.map(({ text }) => escaped(text)))),
    "",
  ];
}

export function markdownOf(view: WeekView): string {
  const { pilotName, document, digest, state, reason } = view;
  const { number, firstDay, lastDay, timeZone, packedAt } = document;
  return [
    `# ${escaped(`${pilotName}: week ${number}`)}`,
    "",
    `${firstDay} to ${lastDay} (${escaped(timeZone)}), packed ${packedAt}`,
    "",
    `**${escaped(headlineOf(document))}**`,
    "",
    `Decision: **${STATE_WORDS[state]}**${reason === null ? "" : ` – ${escaped(reason)}`}`,
    "",
    ...sectionsOf(view).flatMap(section),
    `Digest of the pack: \`${digest}\``,
    "",
  ].join("\n");
}

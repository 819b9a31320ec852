// The message of a commit we publish. What an agent or a stranger wrote is quoted, so that nothing in it is read as a
// trailer, a closing keyword at the start of a line, or a control sequence.
import { plainLine } from "../sentences.ts";

const SUBJECT_LENGTH = 72;
const QUOTED_LINES = 40;

export interface MessageParts {
  /** Ours, or made plain: it becomes one line of at most 72 characters. */
  readonly subject: string;
  /** Words of the agent, shown as a quotation; may be empty. */
  readonly quoted: string;
  /** `Approved-by`, `Pilothouse-Run`, …; values are made plain. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

function quotation(words: string): string[] {
  const lines = words.split(/\r\n|[\r\n\v\f\u2028\u2029\u0085]/).map((line) => plainLine(line, 200));
  while (lines.at(-1) === "") lines.pop();
  return lines.slice(0, QUOTED_LINES).map((line) => `> ${line}`.trimEnd());
}

export function commitMessage({ subject, quoted, trailers }: MessageParts): string {
  const quotedLines = quotation(quoted);
  const trailerLines = trailers.map(([name, value]) => {
    if (!/^[A-Z][A-Za-z-]*$/.test(name)) throw new Error(`${name} is no trailer name`);
    return `${name}: ${plainLine(value, 500)}`;
  });
  const parts = [[plainLine(subject, SUBJECT_LENGTH)], quotedLines, trailerLines].filter(
    (lines) => lines.length > 0,
  );
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

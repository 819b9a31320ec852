import { EyeOff } from "lucide-react";
import { plural } from "../format.ts";
import { Note } from "../ui/note.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Code, Visible } from "../ui/visible.tsx";
import { askedText } from "./asked-text.ts";

export interface AskedBlockProps {
  readonly what: "command" | "change" | "network";
  readonly text: string;
  /** Behind its name, where a page shows more than one: "of ask 2". */
  readonly place?: string;
}

const LABEL = {
  command: "The exact command",
  change: "The exact change",
  network: "What it would reach",
} as const;

/** What is decided on, to the letter: nothing is cut, and what would not be seen is marked. */
export function AskedBlock({ what, text, place = "" }: AskedBlockProps) {
  const { shown, runBy, hidden } = askedText(what, text);
  return (
    <>
      <section className="code out asked" aria-label={`${LABEL[what]} ${place}`.trim()} {...SCROLLS}>
        <Visible text={shown} mode="code" />
      </section>
      {runBy ? (
        <p className="t3 sm">
          A script, run by <Code text={runBy} />
        </p>
      ) : null}
      {hidden > 0 ? (
        <Note tone="need" icon={EyeOff}>
          {plural(hidden, "character")} in it would not be seen; each is marked, such as{" "}
          <span className="mono">‹U+202E›</span>. Nobody types them by accident.
        </Note>
      ) : null}
    </>
  );
}

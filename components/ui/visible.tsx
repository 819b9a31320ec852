import { type TextMode, visibleParts } from "#lib/text/rules.ts";

/** Text from outside. Whatever would not be seen is shown as an amber mark. */
export function Visible({ text, mode = "line" }: { text: string; mode?: TextMode }) {
  return visibleParts(text, mode).map((part) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <span key={part.at} className="mark need mono" title="A character that would not be seen">
        {part.text}
      </span>
    ),
  );
}

/** A command, a path, a name of code. */
export function Code({ text }: { text: string }) {
  return (
    <code className="mono">
      <Visible text={text} />
    </code>
  );
}

import type { ReactNode } from "react";
import type { ReviewFile } from "../diff-rules.ts";
import { Contents } from "./contents.tsx";
import type { LineRange } from "./contract.ts";
import { withoutLines } from "./file-badges.ts";
import { FileHead } from "./file-head.tsx";
import { type LineNote, noteRows } from "./notes.ts";
import { Block, NotedRow } from "./rows/block.tsx";
import { blocksOf } from "./rows/blocks.ts";
import type { FindIn } from "./rows/shape.ts";
import type { Section, ShownPart } from "./surface/frame.ts";

interface Marks {
  readonly notes: readonly LineNote[] | undefined;
  readonly selected: LineRange | null;
  readonly findIn: FindIn | null;
  readonly found: number | null;
}

interface FileSectionProps extends Marks {
  readonly section: Section;
  readonly file: ReviewFile;
  readonly head: ((path: string) => ReactNode) | undefined;
  readonly under: ReactNode;
  readonly images: string | undefined;
}

/** What is in the window of one file. Its head sticks to the top while any of it is. */
export function FileSection({ section, file, head, under, images, ...marks }: FileSectionProps) {
  const { top, height, isFolded, isBegun, parts } = section;
  const instead = withoutLines(file);
  return (
    <article className="df" style={{ top, height }} data-file={file.place} aria-label={file.path}>
      <div className="stick" data-head={isBegun ? "begun" : "above"} data-of={section.file}>
        <FileHead file={file} folded={isFolded} head={head} />
      </div>
      {isBegun && !isFolded && (under || instead) ? (
        <div className="du">
          {under}
          {instead ? <p className="instead t2">{instead}</p> : null}
          <Contents file={file} images={images} />
        </div>
      ) : null}
      {parts.map((part) => (
        <Part key={part.part} part={part} section={section.file} file={file} {...marks} />
      ))}
    </article>
  );
}

interface PartProps extends Marks {
  readonly part: ShownPart;
  readonly section: number;
  readonly file: ReviewFile;
}

function Part({ part, section, file, notes, selected, findIn, found }: PartProps) {
  const { view, top, height, text, from, to, coloured } = part;
  if (!view) {
    return (
      <div className="blank" style={{ top, height }} aria-busy={text.kind === "coming"}>
        {text.kind === "failed" ? (
          <p className="bad">
            {text.why}{" "}
            <button type="button" className="link" data-retry="">
              Try again
            </button>
          </p>
        ) : null}
      </div>
    );
  }
  const rows = noteRows(notes, view);
  const line = found === null ? -1 : found - (file.parts[part.part]?.line ?? 0);
  const marks = { view, selected, findIn, line };
  return (
    <div className="rows" style={{ top }} data-of={section} data-part={part.part} data-rows={`${from} ${to}`}>
      {blocksOf(from, to, (row) => rows.has(row)).map(({ start, isNoted, ...span }) =>
        isNoted ? (
          <NotedRow
            key={start}
            {...marks}
            row={start}
            isColoured={start >= coloured[0] && start < coloured[1]}
            notes={notesBelow(rows.get(start))}
          />
        ) : (
          <Block
            key={start}
            {...marks}
            {...span}
            colouredFrom={Math.max(span.from, Math.min(coloured[0], span.to))}
            colouredTo={Math.max(span.from, Math.min(coloured[1], span.to))}
          />
        ),
      )}
    </div>
  );
}

const notesBelow = (notes: readonly LineNote[] | undefined): ReactNode =>
  notes ? (
    <div className="dn">
      {notes.map(({ key, node }) => (
        <div key={key}>{node}</div>
      ))}
    </div>
  ) : null;

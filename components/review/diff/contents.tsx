import type { FileContent } from "#lib/patches/schema.ts";
import { formatBytes, formatCount } from "../../format.ts";
import { digestParts, type ReviewFile } from "../diff-rules.ts";
import { Still } from "./pictures/still.tsx";

type Side = "before" | "after";
const NAMES: Readonly<Record<Side, string>> = { before: "Before", after: "After" };

interface ContentsProps {
  readonly file: ReviewFile;
  /** Where pictures are, up to `&file=…`; without it none is shown. */
  readonly images: string | undefined;
}

/** Both sides of a file without lines, beside each other: how large, which digest, and the picture it is. */
export function Contents({ file, images }: ContentsProps) {
  const { content } = file;
  if (!content) return null;
  const hasPicture =
    images !== undefined && [content.before, content.after].some((side) => side?.image?.blob);
  return (
    <div className={`ct ${hasPicture ? "pic" : ""}`}>
      {(["before", "after"] as const).map((side) => (
        <One
          key={side}
          side={side}
          content={content[side]}
          file={file}
          images={hasPicture ? images : undefined}
        />
      ))}
    </div>
  );
}

interface OneProps extends ContentsProps {
  readonly side: Side;
  readonly content: FileContent | null;
}

function One({ side, content, file, images }: OneProps) {
  const image = content?.image ?? null;
  return (
    <figure>
      {images === undefined ? null : (
        <div className="cp">
          {content && image?.blob ? (
            <Still
              address={`${images}&file=${file.place}&side=${side}&sha256=${content.sha256}`}
              width={image.width}
              height={image.height}
              label={`${NAMES[side]}: ${image.width} by ${image.height} dots`}
            />
          ) : (
            <span className="t3 sm">{whyNone(content)}</span>
          )}
        </div>
      )}
      <figcaption className="sm t2">
        <span className="med">{NAMES[side]}:</span> {content ? wordsOf(content) : "no file"}
        {content ? (
          <span className="mono xs t3 dg" title={`SHA-256 ${content.sha256}`}>
            {digestParts(content.sha256).first} … {digestParts(content.sha256).last}
          </span>
        ) : null}
      </figcaption>
    </figure>
  );
}

function whyNone(content: FileContent | null): string {
  if (!content) return "No file";
  return content.image ? "Too large to be shown" : "No picture";
}

function wordsOf({ bytes, image }: FileContent): string {
  const size = `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`;
  return image ? `${image.kind.toUpperCase()}, ${image.width} × ${image.height}, ${size}` : size;
}

import { ChevronDown, ChevronRight, EyeOff, Link2, TriangleAlert } from "lucide-react";
import { memo, type ReactNode } from "react";
import { plural } from "../../format.ts";
import { Remark } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Visible } from "../../ui/visible.tsx";
import { partsOf, type ReviewFile } from "../diff-rules.ts";
import { badgesOf } from "./file-badges.ts";

interface FileHeadProps {
  readonly file: ReviewFile;
  readonly folded: boolean;
  /** At the right end. */
  readonly head: ((path: string) => ReactNode) | undefined;
}

/** What is pressed in it is heard by the list. */
export const FileHead = memo(function FileHead({ file, folded, head }: FileHeadProps) {
  const { folder, name } = partsOf(file.path);
  const [flag] = file.flags;
  return (
    <div className="dh">
      <Button
        tone="quiet"
        size="sm"
        square
        icon={folded ? ChevronRight : ChevronDown}
        aria-label={folded ? `Unfold ${name}` : `Fold ${name}`}
        aria-expanded={!folded}
        data-fold={file.place}
      />
      <span className="mono trunc dp" title={file.path}>
        <span className="t3">
          <Visible text={folder} />
        </span>
        <span className="med">
          <Visible text={name} />
        </span>
      </span>
      <Size file={file} />
      {badgesOf(file).map(({ word, title }) => (
        <span key={word} title={title} className="tag">
          {word}
        </span>
      ))}
      {flag ? (
        <span title={file.flags.map(({ sentence }) => sentence).join(" ")}>
          <Remark
            tone={file.risk === "high" ? "need" : "wait"}
            icon={file.risk === "high" ? TriangleAlert : Link2}
            bare={false}
          >
            {flag.rule.replaceAll("_", " ")}
            {file.flags.length > 1 ? ` +${file.flags.length - 1}` : ""}
          </Remark>
        </span>
      ) : null}
      {file.hidden > 0 ? (
        <Remark tone="bad" icon={TriangleAlert} bare={false}>
          {plural(file.hidden, "hidden character")}
        </Remark>
      ) : null}
      {file.lookalikes > 0 ? (
        <Remark tone="bad" icon={TriangleAlert} bare={false}>
          {plural(file.lookalikes, "lookalike word")}
        </Remark>
      ) : null}
      {file.masked > 0 ? (
        <Remark tone="need" icon={EyeOff} bare={false}>
          {plural(file.masked, "masked line")}
        </Remark>
      ) : null}
      <span className="grow" />
      {head?.(file.path)}
    </div>
  );
});

export function Size({ file }: { file: Pick<ReviewFile, "added" | "removed"> }) {
  const { added, removed } = file;
  if (added === null || removed === null) return <span className="sm t3 nowrap">binary</span>;
  return (
    <span className="sm num nowrap">
      <span className="good">+{added}</span> <span className="bad">−{removed}</span>
    </span>
  );
}

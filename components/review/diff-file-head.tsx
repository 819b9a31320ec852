import { ChevronDown, ChevronRight, EyeOff, Link2, TriangleAlert } from "lucide-react";
import { plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Visible } from "../ui/visible.tsx";
import { partsOf, type ReviewFile } from "./diff-rules.ts";

interface DiffFileHeadProps {
  readonly file: ReviewFile;
  readonly folded: boolean;
  readonly onFold: () => void;
  readonly viewed: boolean;
  readonly onViewed: (viewed: boolean) => void;
}

export function DiffFileHead({ file, folded, onFold, viewed, onViewed }: DiffFileHeadProps) {
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
        onClick={onFold}
      />
      <span className="mono trunc" title={file.path}>
        <span className="t3">
          <Visible text={folder} />
        </span>
        <span className="med">
          <Visible text={name} />
        </span>
      </span>
      <Size file={file} />
      {file.previousPath ? (
        <span className="t3 sm trunc">
          was <Visible text={file.previousPath} />
        </span>
      ) : null}
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
      {file.masked > 0 ? (
        <Remark tone="need" icon={EyeOff} bare={false}>
          {plural(file.masked, "masked line")}
        </Remark>
      ) : null}
      <span className="grow" />
      <label className="row sm t2 gap-1.5 px-1.5">
        <input
          type="checkbox"
          className="check"
          checked={viewed}
          onChange={(event) => onViewed(event.target.checked)}
        />
        Viewed<span className="vh"> {file.path}</span>
      </label>
    </div>
  );
}

export function Size({ file: { added, removed } }: { file: Pick<ReviewFile, "added" | "removed"> }) {
  if (added === null || removed === null) return <span className="sm t3 nowrap">binary</span>;
  return (
    <span className="sm num nowrap">
      <span className="good">+{added}</span> <span className="bad">−{removed}</span>
    </span>
  );
}

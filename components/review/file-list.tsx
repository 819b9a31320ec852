import { Check, Circle } from "lucide-react";
import { shortenMiddle, visibleText } from "#lib/text/rules.ts";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import { Size } from "./diff-file-head.tsx";
import { partsOf, type ReviewFile, type Risk } from "./diff-rules.ts";

interface FileListProps {
  readonly files: readonly ReviewFile[];
  readonly viewed: ReadonlySet<string>;
  readonly current: string | null;
  readonly onOpen: (path: string) => void;
}

const LONGEST_NAME = 26;
const RISK_WORDS: Record<Risk, string> = { high: "wants a second look", medium: "noted", low: "other" };

/** Files by risk; the edge shows why they are first. */
export function FileList({ files, viewed, current, onOpen }: FileListProps) {
  const seen = files.filter(({ path }) => viewed.has(path)).length;
  return (
    <aside className="files" aria-label="Files">
      <div className="fh">
        <h2 className="h2 grow">
          Files{" "}
          <span className="t3 num font-normal">
            {seen} of {files.length} viewed
          </span>
        </h2>
        <span className="t3 sm">by risk</span>
      </div>
      <ul>
        {files.map((file) => (
          <li key={file.path}>
            <FileRow
              file={file}
              viewed={viewed.has(file.path)}
              current={file.path === current}
              onOpen={() => onOpen(file.path)}
            />
          </li>
        ))}
      </ul>
      <div className="leg xs t3">
        {(["high", "medium", "low"] as const).map((risk) => (
          <span key={risk}>
            <i className={`rk ${risk}`} />
            {RISK_WORDS[risk]}
          </span>
        ))}
      </div>
    </aside>
  );
}

function FileRow({
  file,
  viewed,
  current,
  onOpen,
}: {
  file: ReviewFile;
  viewed: boolean;
  current: boolean;
  onOpen: () => void;
}) {
  const { folder, name } = partsOf(file.path);
  return (
    <button
      type="button"
      className={`fr ${current ? "cur" : ""}`}
      aria-current={current ? "true" : undefined}
      onClick={onOpen}
      title={visibleText(file.path, "line")}
    >
      <span className={`rk ${file.risk}`} />
      <span className="grow">
        <span className="fn trunc">
          <Visible text={shortenMiddle(name, LONGEST_NAME)} />
        </span>
        <span className="trunc t3 xs fd">
          <Visible text={folder} />
          <span className="vh">, {RISK_WORDS[file.risk]}</span>
        </span>
      </span>
      <Size file={file} />
      <span className={viewed ? "good" : "t3"}>
        <Icon of={viewed ? Check : Circle} size={12} />
        <span className="vh">{viewed ? "viewed" : "not viewed"}</span>
      </span>
    </button>
  );
}

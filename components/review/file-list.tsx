import { Check, Circle } from "lucide-react";
import { memo, useEffect, useEffectEvent, useRef, useState } from "react";
import { shortenMiddle, visibleText } from "#lib/text/rules.ts";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";
import { Size } from "./diff/file-head.tsx";
import { partsOf, type ReviewFile, type Risk } from "./diff-rules.ts";

interface FileListProps {
  readonly files: readonly ReviewFile[];
  readonly viewed: ReadonlySet<string>;
  readonly current: string | null;
  readonly onOpen: (path: string) => void;
}

const LONGEST_NAME = 26;
const RISK_WORDS: Record<Risk, string> = { high: "wants a second look", medium: "noted", low: "other" };

/** A row's height, as in review.css. */
const ROW = 46;
const HEADING = 40;
/** Rows drawn beyond the window at either end. */
const SPARE = 12;
/** As many as a tall window shows, before it was measured. */
const AT_FIRST = 40;

/** Which rows are in the window, with some more; the rest is empty space of their height. */
function useWindow(count: number, current: number) {
  const list = useRef<HTMLElement>(null);
  const [[from, to], setRange] = useState<readonly [number, number]>([0, AT_FIRST]);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const look = () => {
      const first = Math.floor((element.scrollTop - HEADING) / ROW);
      const next = [
        Math.max(0, first - SPARE),
        first + Math.ceil(element.clientHeight / ROW) + SPARE,
      ] as const;
      // Steps of several rows, so that scrolling draws now and then.
      setRange((before) =>
        Math.abs(before[0] - next[0]) < 6 && Math.abs(before[1] - next[1]) < 6 ? before : next,
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => {
    const element = list.current;
    if (!element || current < 0) return;
    const top = HEADING + current * ROW;
    if (top < element.scrollTop + HEADING) element.scrollTop = top - HEADING;
    else if (top + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW - element.clientHeight;
  }, [current]);
  return { list, from: Math.min(from, count), to: Math.min(to, count) };
}

/** Files by risk; the edge shows why they are first. */
export function FileList({ files, viewed, current, onOpen }: FileListProps) {
  const seen = files.filter(({ path }) => viewed.has(path)).length;
  const { list, from, to } = useWindow(
    files.length,
    files.findIndex(({ path }) => path === current),
  );
  const open = useEffectEvent((place: number) => {
    const path = files.find((file) => file.place === place)?.path;
    if (path !== undefined) onOpen(path);
  });
  useEffect(() => {
    const element = list.current;
    const onClick = ({ target }: MouseEvent) => {
      const row = target instanceof Element ? target.closest<HTMLElement>("[data-place]") : null;
      if (row) open(Number(row.dataset.place));
    };
    element?.addEventListener("click", onClick);
    return () => element?.removeEventListener("click", onClick);
  }, [list]);
  return (
    <aside ref={list} className="files" aria-label="Files">
      <div className="fh">
        <h2 className="h2 grow">
          Files{" "}
          <span className="t3 num font-normal">
            {seen} of {files.length} viewed
          </span>
        </h2>
        <span className="t3 sm">by risk</span>
      </div>
      <ul style={{ paddingTop: from * ROW, paddingBottom: (files.length - to) * ROW }}>
        {files.slice(from, to).map((file, at) => (
          <li key={file.path} aria-setsize={files.length} aria-posinset={from + at + 1}>
            <FileRow file={file} viewed={viewed.has(file.path)} current={file.path === current} />
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

interface FileRowProps {
  readonly file: ReviewFile;
  readonly viewed: boolean;
  readonly current: boolean;
}

/** What is pressed is heard by the list. */
const FileRow = memo(function FileRow({ file, viewed, current }: FileRowProps) {
  const { folder, name } = partsOf(file.path);
  return (
    <button
      type="button"
      className={`fr ${current ? "cur" : ""}`}
      aria-current={current ? "true" : undefined}
      data-place={file.place}
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
});

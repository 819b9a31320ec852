import {
  type CodeViewDiffItem,
  type CodeViewItem,
  processFile,
  registerCustomCSSVariableTheme,
} from "@pierre/diffs";
import { CodeView, type CodeViewHandle } from "@pierre/diffs/react";
import { type RefObject, useState } from "react";
import { DiffFileHead } from "./diff-file-head.tsx";
import type { ReviewFile } from "./diff-rules.ts";

export type Layout = "split" | "unified";
export type DiffHandle = CodeViewHandle<undefined, undefined>;

export interface DiffViewProps {
  readonly files: readonly ReviewFile[];
  readonly layout: Layout;
  readonly viewed: ReadonlySet<string>;
  readonly onViewed: (path: string, viewed: boolean) => void;
  /** To scroll to a file from outside. */
  readonly handle: RefObject<DiffHandle | null>;
}

// Colours come from our tokens, so the theme is names of variables and follows light and dark by itself.
const THEME = "pilothouse";
registerCustomCSSVariableTheme(THEME, {});

/** Our line tints are final colours: the component must not mix them with the ground. The empty side is plain. */
const TINTS = `
* { --mix-light: 0%; --mix-dark: 0%; }
[data-content-buffer] { background: var(--diff-empty); }
`;

/** Below this many characters a file is coloured at once; above it stays plain, so that a huge one opens at once too. */
const COLOURED_CHARACTERS = 120_000;

function itemOf(file: ReviewFile): CodeViewDiffItem | null {
  const fileDiff = processFile(file.patch, { isGitDiff: true, cacheKey: file.path });
  return fileDiff ? { id: file.path, type: "diff", fileDiff } : null;
}

/** The changes of all files in one virtual list: only what is in sight exists. */
export function DiffView({ files, layout, viewed, onViewed, handle }: DiffViewProps) {
  const [parsed] = useState(() => files.flatMap((file) => itemOf(file) ?? []));
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const byPath = new Map(files.map((file) => [file.path, file]));
  const items = parsed.map((item) => ({
    ...item,
    collapsed: folded.has(item.id),
    version: folded.has(item.id) ? 2 : 1,
  }));
  const toggle = (path: string) => {
    const next = new Set(folded);
    if (!next.delete(path)) next.add(path);
    setFolded(next);
  };
  return (
    <CodeView
      ref={handle}
      className="diff-view"
      items={items}
      options={{
        theme: THEME,
        diffStyle: layout,
        overflow: "wrap",
        unsafeCSS: TINTS,
        hunkSeparators: "metadata",
        diffIndicators: "none",
        lineDiffType: "word",
        tokenizeMaxLength: COLOURED_CHARACTERS,
        stickyHeaders: true,
        layout: { paddingTop: 12, paddingBottom: 12, gap: 12 },
        itemMetrics: { lineHeight: 20, diffHeaderHeight: 41 },
      }}
      renderCustomHeader={(item: CodeViewItem<undefined>) => {
        const file = byPath.get(item.id);
        return file ? (
          <DiffFileHead
            file={file}
            folded={folded.has(file.path)}
            onFold={() => toggle(file.path)}
            viewed={viewed.has(file.path)}
            onViewed={(next) => onViewed(file.path, next)}
          />
        ) : null;
      }}
    />
  );
}

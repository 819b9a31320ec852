import { type CodeViewDiffItem, parsePatchFiles } from "@pierre/diffs";
import { CodeView } from "@pierre/diffs/react";
import { useState } from "react";

/** As its documentation mounts it, without anything of ours. */
export function Pierre({ patch }: { patch: string }) {
  const [items] = useState<CodeViewDiffItem[]>(() =>
    parsePatchFiles(patch).flatMap(({ files }) =>
      files.map((fileDiff) => ({ id: fileDiff.name, type: "diff" as const, fileDiff })),
    ),
  );
  return (
    <CodeView
      className="peer"
      items={items}
      options={{ diffStyle: "split", overflow: "wrap", lineDiffType: "word", theme: "github-light" }}
    />
  );
}

import { useRef, useState } from "react";
import type { Layout } from "#components/review/diff/lines/rows.ts";
import { DiffPane, type DiffText } from "#components/review/diff/pane.tsx";
import { Spots } from "#components/review/diff/surface/spots.ts";
import type { DiffState, DiffViewHandle } from "#components/review/diff/view.tsx";
import type { ReviewFile } from "#components/review/diff-rules.ts";
import { FileList } from "#components/review/file-list.tsx";

export interface Given {
  readonly files: readonly ReviewFile[];
  readonly text: DiffText;
}

const NOTHING: ReadonlySet<string> = new Set();

/** List of files and diff, as the review page has them. */
export function Ours({ given: { files, text } }: { given: Given }) {
  const handle = useRef<DiffViewHandle>(null);
  const [spots] = useState(() => new Spots(files));
  const [state, setState] = useState<DiffState>({ looked: spots.looked, missing: null });
  const [hide, setHide] = useState(false);
  const [current, setCurrent] = useState<string | null>(null);
  const [layout] = useState<Layout>(() =>
    new URL(location.href).searchParams.get("layout") === "unified" ? "unified" : "split",
  );
  return (
    <div className="review">
      <FileList
        files={files}
        viewed={NOTHING}
        current={current}
        onOpen={(path) => void handle.current?.toFile(path)}
      />
      <section className="mid">
        <DiffPane
          {...{ files, text, layout, spots, handle, state, onState: setState }}
          hideWhitespace={hide}
          onHideWhitespace={setHide}
          onSight={({ path }) => setCurrent(path)}
        />
      </section>
    </div>
  );
}

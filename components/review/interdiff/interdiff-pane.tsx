import { GitCompareArrows } from "lucide-react";
import Link from "next/link";
import { useRef, useState } from "react";
import type { EarlierPatch } from "#lib/interdiff/schema.ts";
import { Empty } from "../../ui/empty.tsx";
import { Note } from "../../ui/note.tsx";
import { SegmentedLinks } from "../../ui/tabs.tsx";
import { Visible } from "../../ui/visible.tsx";
import type { Layout } from "../diff/lines/rows.ts";
import { DiffPane, type DiffText } from "../diff/pane.tsx";
import { Spots } from "../diff/surface/spots.ts";
import type { DiffState, DiffViewHandle } from "../diff/view.tsx";
import type { ReviewFile } from "../diff-rules.ts";

export interface InterdiffShown {
  readonly since: EarlierPatch;
  readonly earlier: readonly EarlierPatch[];
  readonly baseMoved: boolean;
  readonly result:
    | { readonly state: "made"; readonly files: readonly ReviewFile[]; readonly text: DiffText }
    | { readonly state: "none"; readonly why: string };
}

interface InterdiffPaneProps {
  readonly runId: string;
  readonly attempt: number;
  readonly shown: InterdiffShown;
  readonly layout: Layout;
}

/** What changed from an earlier attempt to the one that is decided on. Nothing is decided by it: the changes tab shows all. */
export function InterdiffPane({ runId, attempt, shown, layout }: InterdiffPaneProps) {
  const { since, earlier, baseMoved, result } = shown;
  const address = (id: string) => `/reviews/${runId}?tab=interdiff&since=${id}`;
  return (
    <section className="idf" aria-label={`Changed since attempt ${since.attempt}`}>
      <div className="row flex-wrap px-5 py-2">
        <span className="med">
          What changed from attempt {since.attempt} to attempt {attempt}
        </span>
        {earlier.length > 1 ? (
          <SegmentedLinks
            label="Since"
            options={earlier.map(({ id, attempt: of }) => ({
              ...{ href: address(id), title: `Attempt ${of}`, current: id === since.id },
            }))}
          />
        ) : null}
        <span className="grow" />
        <Link className="link sm" href={`/reviews/${runId}`}>
          All changes
        </Link>
      </div>
      {baseMoved ? (
        <div className="px-5 pb-2">
          <Note tone="need">The base moved between the two: what came with it is shown here as well.</Note>
        </div>
      ) : null}
      {result.state === "none" ? (
        <Empty icon={GitCompareArrows} title="Nothing to show" text={<Visible text={result.why} />} />
      ) : result.files.length === 0 ? (
        <Empty
          icon={GitCompareArrows}
          title="The two attempts are the same"
          text="No file differs between them."
        />
      ) : (
        <Lines key={since.id} files={result.files} text={result.text} layout={layout} />
      )}
    </section>
  );
}

function Lines({ files, text, layout }: { files: readonly ReviewFile[]; text: DiffText; layout: Layout }) {
  const handle = useRef<DiffViewHandle>(null);
  const [spots] = useState(() => new Spots(files));
  const [state, setState] = useState<DiffState>({ looked: spots.looked, missing: null });
  const [hideWhitespace, setHideWhitespace] = useState(false);
  return (
    <DiffPane
      {...{ files, text, layout, spots, handle, state, hideWhitespace }}
      onState={setState}
      onHideWhitespace={setHideWhitespace}
    />
  );
}

"use client";

import { EyeOff, FileX2, Pilcrow, Search, TriangleAlert } from "lucide-react";
import { type RefObject, useMemo } from "react";
import { formatCount, plural } from "../../format.ts";
import { Remark } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import type { ReviewFile } from "../diff-rules.ts";
import type { DiffSlots } from "./contract.ts";
import { FindBar } from "./find/find-bar.tsx";
import { finder, placeAt, useFind } from "./find/use-find.ts";
import { useReviewKeys } from "./keys.ts";
import type { Layout } from "./lines/rows.ts";
import type { PartKey } from "./surface/source.ts";
import type { Spots } from "./surface/spots.ts";
import { type DiffState, DiffView, type DiffViewHandle } from "./view.tsx";

export interface DiffText {
  /** Where parts are fetched, up to `&file=…`. */
  readonly url: string;
  /** Where all of them come one after the other, for the search; without it there is none. */
  readonly whole?: string;
  /** Where pictures are fetched, up to `&file=…`; without it none is shown. */
  readonly images?: string;
  /** Parts that came with the page. */
  readonly first: Readonly<Record<PartKey, string>>;
  /** Another one where the same patch is shown differently. */
  readonly version: string;
}

export interface DiffPaneProps extends DiffSlots {
  readonly files: readonly ReviewFile[];
  readonly text: DiffText;
  readonly layout: Layout;
  readonly spots: Spots;
  readonly handle: RefObject<DiffViewHandle | null>;
  readonly state: DiffState;
  readonly onState: (state: DiffState) => void;
  readonly hideWhitespace: boolean;
  readonly onHideWhitespace: (hide: boolean) => void;
}

/** The lines of a patch, with what finds one's way in them. */
export function DiffPane(props: DiffPaneProps) {
  const { files, text, layout, spots, handle, state, onState, hideWhitespace, onHideWhitespace } = props;
  const { looked, missing } = state;
  const {
    state: find,
    ask,
    step,
    open,
    close,
  } = useFind(files, text.whole ?? null, ({ place, line, character }) => {
    void handle.current?.toFound(place, line, character);
  });
  const findIn = useMemo(() => (find.isOpen ? finder(find.query) : null), [find.isOpen, find.query]);
  const found = find.isOpen && find.answer && find.at >= 0 ? placeAt(find.answer, find.at) : null;
  const space = files.reduce((sum, file) => sum + file.space, 0);
  useReviewKeys({
    j: () => void handle.current?.stepFile(1),
    k: () => void handle.current?.stepFile(-1),
    n: () => void handle.current?.stepHunk(1),
    p: () => void handle.current?.stepHunk(-1),
    "/": () => (text.whole === undefined ? undefined : open()),
    h: () => void handle.current?.toHidden(),
  });
  return (
    <div className="pane">
      <div className="tools">
        <span className="sm t2 num nowrap">{sumOf(files)}</span>
        <span className="grow" />
        {find.isOpen ? (
          <FindBar state={find} onAsk={ask} onStep={step} onClose={close} />
        ) : text.whole === undefined ? null : (
          <Button size="sm" tone="quiet" icon={Search} onClick={open} title="Find in the whole patch (/)">
            Find
          </Button>
        )}
        {missing ? (
          <Button size="sm" icon={TriangleAlert} title={missing} onClick={() => handle.current?.retry()}>
            Part missing: try again
          </Button>
        ) : null}
        {looked.total > 0 ? (
          looked.left > 0 ? (
            <Button size="sm" icon={EyeOff} onClick={() => void handle.current?.toHidden()}>
              Next hidden content, {formatCount(looked.left)} left
            </Button>
          ) : (
            <Remark tone="good" icon={EyeOff}>
              Hidden content was in sight
            </Remark>
          )
        ) : null}
        {space > 0 ? (
          <Button
            size="sm"
            tone="quiet"
            icon={Pilcrow}
            aria-pressed={hideWhitespace}
            onClick={() => onHideWhitespace(!hideWhitespace)}
          >
            {hideWhitespace ? `White space hidden: ${plural(space, "line")}` : "Hide white space"}
          </Button>
        ) : null}
      </div>
      {files.length === 0 ? (
        <Empty icon={FileX2} title="No files to show" text="Nothing of this patch is there to be read." />
      ) : (
        <DiffView
          files={files}
          url={text.url}
          first={text.first}
          images={text.images}
          layout={layout}
          hideWhitespace={hideWhitespace}
          spots={spots}
          handle={handle}
          onState={onState}
          findIn={findIn}
          found={found}
          head={props.head}
          under={props.under}
          notes={props.notes}
          onSelect={props.onSelect}
          selected={props.selected}
          onSight={props.onSight}
        />
      )}
    </div>
  );
}

function sumOf(files: readonly ReviewFile[]): string {
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  return `${plural(files.length, "file")}, +${formatCount(added)} −${formatCount(removed)}`;
}

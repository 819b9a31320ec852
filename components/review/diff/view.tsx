"use client";

import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { ReviewFile } from "../diff-rules.ts";
import { useChoosing } from "./choose.ts";
import type { DiffHandle, DiffSlots, NoteKey } from "./contract.ts";
import type { Layout } from "./lines/rows.ts";
import { PROBE, takeMeasures, useGrowing, useMetrics, useScrolling } from "./measure.ts";
import { noteRows, notesByPath } from "./notes.ts";
import { useRest, useSettling } from "./resting.ts";
import type { FindIn } from "./rows/shape.ts";
import { FileSection } from "./section.tsx";
import { navigation, sightOf } from "./surface/navigation.ts";
import { type PartKey, PartSource } from "./surface/source.ts";
import type { Looked, Spots } from "./surface/spots.ts";
import { Surface } from "./surface/surface.ts";

export interface DiffViewHandle extends DiffHandle {
  /** By the number of a line among all lines of the file, from 0 at its first hunk's head; `place` is the file's. */
  toFound(place: number, line: number, character: number): Promise<boolean>;
  /** To the next place with hidden content that was not in sight yet. */
  toHidden(): Promise<boolean>;
  /** Asks again for what could not be had. */
  retry(): void;
}

/** What the page has to know before it offers a decision. */
export interface DiffState {
  readonly looked: Looked;
  /** Why a part of the patch is missing; null where none is known to be. */
  readonly missing: string | null;
}

export interface DiffViewProps extends DiffSlots {
  readonly files: readonly ReviewFile[];
  /** Where parts are fetched, up to `&file=…`. */
  readonly url: string;
  /** Parts that came with the page. */
  readonly first: Readonly<Record<PartKey, string>>;
  /** Where pictures are fetched, up to `&file=…`. */
  readonly images?: string | undefined;
  readonly layout: Layout;
  readonly hideWhitespace?: boolean;
  /** What was in sight, kept by the page: it stays when its list is taken down for another tab. */
  readonly spots: Spots;
  readonly handle: RefObject<DiffViewHandle | null>;
  readonly onState?: (state: DiffState) => void;
  readonly findIn?: FindIn | null;
  /** The line a search led to, by place of its file. */
  readonly found?: { readonly place: number; readonly line: number } | null;
}

/** Characters of text held in the page; the rest is fetched again when it comes into sight. */
const ROOM = 24_000_000;
/** What a desk shows, for the first drawing on the server. */
const COLUMNS = 64;

const foldedAtFirst = (files: readonly ReviewFile[]): ReadonlySet<string> =>
  new Set(files.flatMap(({ path, generated, risk }) => (generated && risk === "low" ? [path] : [])));

/** Of the longest number in the patch: its column is as wide in every file. */
const digitsOf = (files: readonly ReviewFile[]): number =>
  `${files.reduce((most, { lastNumber }) => Math.max(most, lastNumber), 10)}`.length;

const isSameState = (a: DiffState | null, b: DiffState): boolean =>
  a?.missing === b.missing && a.looked.left === b.looked.left && a.looked.total === b.looked.total;

const NO_NOTES: ReadonlyMap<NoteKey, ReactNode> = new Map();

/** The changes of all files. Give it another `key` for another patch: what it shows is fixed when it is made. */
export function DiffView(props: DiffViewProps) {
  const {
    files,
    url,
    first,
    layout,
    spots,
    hideWhitespace = false,
    notes = NO_NOTES,
    selected = null,
  } = props;
  const { handle, head, under, onSelect, onSight, onState, findIn = null, found = null } = props;
  const element = useRef<HTMLElement>(null);
  const told = useRef<DiffState | null>(null);
  const [folded, setFolded] = useState(() => foldedAtFirst(files));
  const [surface] = useState(() => {
    const options = { layout, hideWhitespace, columns: COLUMNS, folded };
    return new Surface(files, new PartSource(url, first, ROOM), options);
  });
  const frame = useSyncExternalStore(surface.subscribe, surface.frame, surface.frame);
  const columns = useMetrics(element, surface, layout);
  const noted = useMemo(() => notesByPath(notes), [notes]);

  useLayoutEffect(() => {
    surface.setOptions({ layout, hideWhitespace, columns: columns ?? surface.options.columns, folded });
  }, [surface, layout, hideWhitespace, columns, folded]);
  useLayoutEffect(() => {
    surface.setNotes((file, view) => new Set(noteRows(noted.get(files[file]?.path ?? ""), view).keys()));
  }, [surface, noted, files]);
  useLayoutEffect(() => {
    if (element.current) takeMeasures(element.current, surface);
  });

  useGrowing(element, surface);

  const seen = useRef("");
  const tell = useEffectEvent(() => {
    const sight = sightOf(surface);
    const words = JSON.stringify(sight);
    if (words === seen.current) return;
    seen.current = words;
    onSight?.(sight);
  });
  const look = () => {
    if (document.visibilityState === "visible") spots.look(surface);
    const state = { looked: spots.looked, missing: surface.source.failures().why };
    if (isSameState(told.current, state)) return;
    told.current = state;
    onState?.(state);
  };
  useScrolling(element, surface, frame, tell);
  useSettling(element, surface);
  useRest(element, surface, look);

  const fold = (path: string, isFolded: boolean) =>
    setFolded((before) => {
      if (before.has(path) === isFolded) return before;
      const next = new Set(before);
      if (isFolded) next.add(path);
      else next.delete(path);
      return next;
    });
  const unfold = (path: string) => {
    if (!surface.options.folded.has(path)) return;
    fold(path, false);
    const next = new Set(surface.options.folded);
    next.delete(path);
    surface.setOptions({ ...surface.options, folded: next });
  };
  const retry = () => {
    surface.source.retry();
  };
  useImperativeHandle(handle, () => {
    const ways = navigation({ surface, url, unfold });
    return {
      ...ways,
      toFound: (place, line, character) =>
        ways.toFileLine(
          files.findIndex((file) => file.place === place),
          line,
          character,
        ),
      // What was only leapt to was not looked at: that takes rest (`look`).
      toHidden: async () => {
        const { file, part, row } = surface.pinned ?? surface.placeAt(surface.top + 50);
        const start = files[file]?.parts[part]?.line ?? -1;
        const rows = surface.view(file, part)?.rows;
        const line = start + (rows ? Math.max(rows.left[row] ?? 0, rows.right[row] ?? 0) : 0);
        const next = spots.next(surface, file, line);
        return next ? ways.toFileLine(next.file, next.line, next.character) : false;
      },
      retry,
    };
  });
  useChoosing(element, files, {
    onSelect,
    onFold: (place) => {
      const path = files.find((file) => file.place === place)?.path;
      if (path !== undefined) fold(path, !folded.has(path));
    },
    onOpenLine: (file, part, line) => surface.openLine(file, part, line),
    onRetry: retry,
  });
  return (
    <section
      ref={element}
      className="diff"
      aria-label="Lines of the patch"
      data-layout={layout}
      style={{ "--digits": digitsOf(files) } as CSSProperties}
    >
      <span className="probe" aria-hidden="true">
        {PROBE}
      </span>
      <div className="space" style={{ height: surface.shownHeight }}>
        <div className="layer" style={{ top: surface.layerTop }}>
          {frame.sections.map((section) => {
            const file = files[section.file] as ReviewFile;
            const { path } = file;
            return (
              <FileSection
                key={file.place}
                section={section}
                file={file}
                head={head}
                under={under?.(path)}
                images={props.images}
                notes={noted.get(path)}
                selected={selected?.path === path ? selected : null}
                findIn={findIn}
                found={found?.place === file.place ? found.line : null}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

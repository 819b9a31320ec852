import { type ReactNode, type RefObject, useMemo, useRef, useState } from "react";
import { type DiffHandle, type LineRange, type NoteKey, noteKey } from "../diff/contract.ts";
import { useReviewKeys } from "../diff/keys.ts";
import { type Cause, CauseNote, ChosenLines } from "./chosen-lines.tsx";
import { Composer, type Draft } from "./composer.tsx";
import { extended } from "./extend.ts";
import type { Talk } from "./talk.ts";
import { ThreadCard } from "./thread-card.tsx";

interface TalkSlots {
  readonly notes: ReadonlyMap<NoteKey, ReactNode>;
  readonly selected: LineRange | null;
  readonly onSelect: (range: LineRange) => void;
}

interface TalkOptions {
  readonly runId: string;
  readonly patchId: string;
  readonly talk: Talk;
  readonly handle: RefObject<DiffHandle | null>;
  /** The diff of the patch is in sight, and not another tab. */
  readonly isShown: boolean;
}

/** What stands below lines of the diff: threads, what can be done with the lines chosen, the composer, what wrote them. */
export function useTalk({ runId, patchId, talk, handle, isShown }: TalkOptions): TalkSlots {
  const [range, setRange] = useState<LineRange | null>(null);
  const [writing, setWriting] = useState(false);
  const [cause, setCause] = useState<Cause | null>(null);

  const draft = useRef<Draft>({ text: "", code: null });

  const close = () => {
    draft.current = { text: "", code: null };
    setRange(null);
    setWriting(false);
    setCause(null);
  };
  const choose = (next: LineRange) => {
    draft.current = { text: "", code: null };
    setRange(next);
    setWriting(false);
    setCause(null);
  };
  async function inSight(): Promise<LineRange | null> {
    if (range) return range;
    if (handle.current?.sight().line === null) await handle.current.stepHunk(1);
    const { path = null, line = null } = handle.current?.sight() ?? {};
    if (path === null || line === null) return null;
    return { path, side: line.side, from: line.number, to: line.number };
  }
  /** The end that moves is the one that was not chosen first. */
  const anchor = useRef<LineRange | null>(null);
  const select = (next: LineRange) => {
    anchor.current = next.from === next.to ? next : anchor.current;
    choose(next);
  };
  async function extend(by: 1 | -1): Promise<void> {
    const about = await inSight();
    if (!about || writing) return;
    if (!range) return select(about);
    const next = extended(range, anchor.current, by);
    if (handle.current?.reveal(range.path, range.side, next.end)) choose(next.range);
  }
  async function comment(): Promise<void> {
    const about = talk.comment ? await inSight() : null;
    if (!about) return;
    select(about);
    setWriting(true);
  }
  async function askCause(): Promise<void> {
    const about = await inSight();
    if (!about) return;
    select(about);
    setCause({ state: "coming" });
    const { path, side, to: line } = about;
    const answer = await talk
      .whatWrote({ runId, patchId, path, side, line })
      .catch(() => ({ ok: false, error: "The answer did not arrive. Try again." }) as const);
    setCause(
      answer.ok && "value" in answer && answer.value
        ? { state: "known", cause: answer.value }
        : { state: "failed", why: answer.error ?? "Nothing is known of this line." },
    );
  }
  const keys = {
    c: () => void comment(),
    w: () => void askCause(),
    "Shift+ArrowDown": () => void extend(1),
    "Shift+ArrowUp": () => void extend(-1),
  };
  useReviewKeys(isShown ? keys : {});

  const own = range ? (
    <div className="talk">
      {writing && talk.comment ? (
        <Composer
          key={`${range.path} ${range.side} ${range.from} ${range.to}`}
          {...{ runId, patchId, range }}
          action={talk.comment}
          suggesting={talk.suggesting}
          textOf={() => handle.current?.textOf(range) ?? Promise.resolve(null)}
          onClose={close}
          draft={draft.current}
        />
      ) : cause ? (
        <CauseNote runId={runId} cause={cause} onClose={close} />
      ) : (
        <ChosenLines
          range={range}
          onComment={talk.comment ? () => setWriting(true) : null}
          onCause={() => void askCause()}
          onClose={close}
        />
      )}
    </div>
  ) : null;
  const threads = useMemo(() => threadsByLine(runId, talk), [runId, talk]);
  // The same map while nothing is chosen: for another one all notes are laid out anew.
  const notes = range ? withNote(threads, range, own) : threads;
  return { notes, selected: range, onSelect: select };
}

function withNote(
  threads: ReadonlyMap<NoteKey, ReactNode>,
  { path, side, to }: LineRange,
  own: ReactNode,
): ReadonlyMap<NoteKey, ReactNode> {
  const key = noteKey(path, side, to);
  return new Map(threads).set(
    key,
    <>
      {threads.get(key)}
      {own}
    </>,
  );
}

function threadsByLine(runId: string, talk: Talk): ReadonlyMap<NoteKey, ReactNode> {
  const placed = talk.threads.flatMap((thread) => {
    const { now, side } = thread;
    return "path" in now ? [{ key: noteKey(now.path, side, now.to), thread }] : [];
  });
  const byLine = Map.groupBy(placed, ({ key }) => key);
  return new Map(
    [...byLine].map(([key, own]) => [
      key,
      <div className="talk" key={key}>
        {own.map(({ thread }) => (
          <ThreadCard key={thread.id} runId={runId} thread={thread} talk={talk} />
        ))}
      </div>,
    ]),
  );
}

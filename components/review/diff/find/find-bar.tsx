import { ArrowDown, ArrowUp, CaseSensitive, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { formatCount } from "../../../format.ts";
import { Button } from "../../../ui/button.tsx";
import { MOST_PLACES, type Query } from "./search.ts";
import type { FindState } from "./use-find.ts";

interface FindBarProps {
  readonly state: FindState;
  readonly onAsk: (query: Query) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onClose: () => void;
}

/** Finds in the whole patch, also in what is not drawn; the browser's own search sees a window of it. */
export function FindBar({ state, onAsk, onStep, onClose }: FindBarProps) {
  const { query, answer } = state;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <search className="findbar">
      <input
        ref={field}
        type="search"
        className="input"
        aria-label="Find in the patch"
        placeholder="Find in the patch"
        value={query.text}
        onChange={({ target }) => onAsk({ ...query, text: target.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") onClose();
          else return;
          event.preventDefault();
        }}
      />
      <Button
        size="sm"
        tone="quiet"
        square
        icon={CaseSensitive}
        aria-label="Match case"
        aria-pressed={query.matchCase}
        onClick={() => onAsk({ ...query, matchCase: !query.matchCase })}
      />
      <output
        className="sm t2 num nowrap"
        data-count={answer?.count}
        data-turn={answer?.turn}
        data-for={answer?.query.text}
      >
        {countOf(state)}
      </output>
      <Button
        size="sm"
        tone="quiet"
        square
        icon={ArrowUp}
        aria-label="Place before"
        onClick={() => onStep(-1)}
      />
      <Button
        size="sm"
        tone="quiet"
        square
        icon={ArrowDown}
        aria-label="Next place"
        onClick={() => onStep(1)}
      />
      <Button size="sm" tone="quiet" square icon={X} aria-label="Close the search" onClick={onClose} />
    </search>
  );
}

/** How many, and how sure that is. */
export function countOf({ query, answer, at, read }: Omit<FindState, "isOpen">): string {
  if (read.why !== null) return `Not everything could be searched: ${read.why}`;
  if (query.text === "") return "";
  if (!answer) return "Searching";
  const soFar = answer.isWhole ? "" : " so far";
  if (answer.count === 0) return `None${soFar}`;
  const most = answer.count > MOST_PLACES ? `, the first ${formatCount(MOST_PLACES)} can be gone to` : "";
  return `${formatCount(at + 1)} of ${formatCount(answer.count)}${soFar}${most}`;
}

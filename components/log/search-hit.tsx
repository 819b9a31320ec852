import Link from "next/link";
import type { SearchPiece, SearchResult } from "#lib/log-search/schema.ts";
import { shortId } from "../format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

/** One text of an event, with what was found in it marked; `title` says what kind of text it is. */
export function SearchHit({ result, title }: { result: SearchResult; title: string }) {
  const { runId, runTitle, pilotName, seq, at, entryId, pieces } = result;
  return (
    <li className="hit">
      <div className="row flex-wrap sm">
        <span className="badge wait">{title}</span>
        <Link className="link med tw" href={`/runs/${runId}?event=${seq}`} prefetch={false}>
          <Visible text={runTitle} />, <span className="num nowrap">event {seq}</span>
        </Link>
        <span className="t3 mono">{shortId(runId)}</span>
        <span className="t3 tw">
          <Visible text={pilotName} />
        </span>
        <RelativeTime at={at.toISOString()} className="t3" />
        <span className="grow" />
        {entryId ? (
          <Link className="link" href={`/log/${entryId}`}>
            Entry and proof
          </Link>
        ) : null}
      </div>
      <p className="code hit-text">
        {placed(pieces).map(({ piece, at: place }) => (
          <Piece key={place} piece={piece} />
        ))}
      </p>
    </li>
  );
}

/** Pieces with the offset each begins at, which names it. */
function placed(pieces: readonly SearchPiece[]): { piece: SearchPiece; at: number }[] {
  let at = 0;
  return pieces.map((piece) => {
    const here = at;
    at += piece.text.length;
    return { piece, at: here };
  });
}

function Piece({ piece: { text, isFound } }: { piece: SearchPiece }) {
  const shown = <Visible text={text} mode="block" />;
  return isFound ? <mark>{shown}</mark> : shown;
}

// Which files an item of the agent changed, as far as they are named; each leads to its place in the patch, where there is one.
import Link from "next/link";
import { shortenMiddle } from "#lib/text/rules.ts";
import type { ChangedPaths } from "#lib/timeline/schema.ts";
import { formatCount, plural } from "../format.ts";
import { Visible } from "../ui/visible.tsx";
import { useEventLinks } from "./event/context.tsx";

const SHOWN = 8;
const LONGEST = 80;

/** Nothing where nothing changed or nobody told. */
const inPatch = (runId: string, path: string): string =>
  `/reviews/${runId}?${new URLSearchParams({ file: path })}`;

export function ChangedFiles({ changed }: { changed: ChangedPaths | null }) {
  const links = useEventLinks();
  if (changed === null) return null;
  const { paths, more } = changed;
  const count = paths.length + more;
  if (count === 0) return null;
  const shown = paths.slice(0, SHOWN);
  const left = count - shown.length;
  return (
    <p className="t3 sm tw">
      {plural(count, "file")} changed:{" "}
      {shown.map((path, index) => (
        <span key={path}>
          {index > 0 ? ", " : ""}
          <span className="mono">
            {links?.hasPatch ? (
              <Link className="link in" href={inPatch(links.runId, path)}>
                <Visible text={shortenMiddle(path, LONGEST)} />
              </Link>
            ) : (
              <Visible text={shortenMiddle(path, LONGEST)} />
            )}
          </span>
        </span>
      ))}
      {left > 0 ? <span className="num"> and {formatCount(left)} more</span> : null}
    </p>
  );
}

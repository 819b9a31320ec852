import { shortenMiddle } from "#lib/text/rules.ts";
import { Visible } from "../ui/visible.tsx";

const SQUARES = 5;
const LONGEST = 80;

interface FileChangeProps {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** A path, its size and five squares that show its shape. */
export function FileChange({ path, added, removed }: FileChangeProps) {
  return (
    <span className="fc">
      <span className="mono trunc">
        <Visible text={shortenMiddle(path, LONGEST)} />
      </span>
      <span className="sm num nowrap">
        <span className="good">+{added}</span> <span className="bad">−{removed}</span>
      </span>
      <span className="bars" aria-hidden="true">
        {squares(added, removed).map((kind, index) => (
          <i key={`${String(index)}${kind}`} className={kind} />
        ))}
      </span>
    </span>
  );
}

/** Up to five squares, shared out as the lines are; both sides get one as soon as they have a line. */
export function squares(added: number, removed: number): ("a" | "d" | "")[] {
  const total = added + removed;
  const filled = Math.min(SQUARES, total);
  const green =
    total === 0
      ? 0
      : Math.min(
          filled - (removed > 0 ? 1 : 0),
          Math.max(added > 0 ? 1 : 0, Math.round((added / total) * filled)),
        );
  return Array.from({ length: SQUARES }, (_, index) => (index < green ? "a" : index < filled ? "d" : ""));
}

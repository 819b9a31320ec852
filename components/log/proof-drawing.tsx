import { KeyRound } from "lucide-react";
import type { Proof, ProofStep } from "#lib/log/proof-schema.ts";
import { formatCount, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

/** "entries 0 to 32,767", or "entry 48,030" */
export function covers({ begin, end }: Pick<ProofStep, "begin" | "end">): string {
  return end - begin === 1
    ? `entry ${formatCount(begin)}`
    : `entries ${formatCount(begin)} to ${formatCount(end - 1)}`;
}

const rangeOf = ({ begin, end }: ProofStep): string =>
  end - begin === 1 ? formatCount(begin) : `${formatCount(begin)} – ${formatCount(end - 1)}`;

/**
 * The way from the root of the checkpoint down to the leaf: at every fork the path goes one way, and the hash of the
 * other side is part of the proof. A list; the lines between are decoration.
 */
export function ProofDrawing({ proof }: { proof: Proof }) {
  const { place, size, leaf, path, root, signedAt } = proof;
  return (
    <>
      <p className="pp-top">
        <span className="badge good">
          <Icon of={KeyRound} size={12} />
          Checkpoint of {plural(size, "entry", "entries")}, signed{" "}
          <RelativeTime at={signedAt.toISOString()} />
        </span>
      </p>
      <ol className="pp" aria-label={`Way from the root to leaf ${formatCount(place.index)}`}>
        <li className="pp-end">
          <span className="pp-root" aria-hidden="true" />
          <span>
            <span className="med">Root</span> <CopyId id={root} what="root" shown={`${root.slice(0, 12)}…`} />
          </span>
        </li>
        {[...path].reverse().map((step, at) => (
          <Fork key={`${step.level}.${step.begin}`} step={step} isLast={at === path.length - 1} />
        ))}
        <li className="pp-caption">
          <span className="med num">Leaf {formatCount(place.index)}</span>{" "}
          <CopyId id={leaf} what="leaf hash" shown={`${leaf.slice(0, 12)}…`} />
        </li>
      </ol>
    </>
  );
}

function Fork({ step, isLast }: { step: ProofStep; isLast: boolean }) {
  const x = step.side === "left" ? 8 : 56;
  return (
    <li className="pp-fork" data-side={step.side}>
      <span className="pp-hash">
        <span className="vh">
          {step.side}: {covers(step)}, hash{" "}
        </span>
        <span className="t3 num" aria-hidden="true">
          {rangeOf(step)}
        </span>{" "}
        <CopyId id={step.hash} what={`hash of ${covers(step)}`} />
      </span>
      <svg viewBox="0 0 64 32" className="pp-lines" aria-hidden="true">
        <path d={`M32 -12 L${x} 16`} className="pp-off" />
        <path d="M32 -12 V16" className="pp-way" />
        <rect x={x - 4} y={12} width={8} height={8} rx={2} className="pp-node" />
        <circle cx={32} cy={16} r={isLast ? 6 : 3.5} className={isLast ? "pp-leaf" : "pp-step"} />
      </svg>
    </li>
  );
}

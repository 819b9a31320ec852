import type { TracePiece } from "#lib/traces/schema.ts";
import { formatDuration } from "../format.ts";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { doubtsOf, formatChance } from "./rules.ts";

const COLUMNS = [
  { key: "chance", title: "Chance", number: true },
  { key: "token", title: "Token" },
  { key: "moment", title: "Came at", number: true, wide: true },
] as const;

/** Where a model was least sure of what it said. Nothing where the provider told no chances. */
export function Doubts({ pieces }: { pieces: readonly TracePiece[] }) {
  const doubts = doubtsOf(pieces);
  if (doubts.length === 0) return null;
  return (
    <section aria-label="Least likely tokens">
      <h3 className="t2 sm">Least likely tokens</h3>
      <Table label="Least likely tokens" columns={COLUMNS}>
        {doubts.map(({ at, before, token, after, probability }) => (
          <tr key={at}>
            <td className="n">{formatChance(probability)}</td>
            <td className="mono">
              <span className="t3">
                <Visible text={before} />
              </span>
              <b>
                <Visible text={token} />
              </b>
              <span className="t3">
                <Visible text={after} />
              </span>
            </td>
            <td className="n only-wide">{formatDuration(pieces[at]?.ms ?? 0)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

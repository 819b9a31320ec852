import { GROUPS } from "#lib/boards/rules.ts";
import type { Board } from "#lib/boards/schema.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { BoardTile } from "./board-tile.tsx";

/** Every number there is, by what it is about. What nothing feeds yet comes last in its group and says how to connect it. */
export function BoardGroups({ board, base }: { board: Board; base: string }) {
  const of = new Map(board.numbers.map((number) => [number.reading.kpi, number]));
  return GROUPS.map(({ title, kpis }) => {
    const numbers = kpis.flatMap((kpi) => of.get(kpi) ?? []);
    const isFed = (number: (typeof numbers)[number]) => number.reading.state !== "not_connected";
    const ordered = [...numbers.filter(isFed), ...numbers.filter((number) => !isFed(number))];
    return (
      <section key={title} className="mt-4" aria-labelledby={`g-${title}`}>
        <h2 className="h2 mb-2" id={`g-${title}`}>
          {title}
        </h2>
        <div className="kpis board">
          {ordered.map((number) => {
            const { pair } = KPIS[number.reading.kpi];
            return (
              <BoardTile
                key={number.reading.kpi}
                {...number}
                base={base}
                pair={(pair && of.get(pair)?.reading) ?? null}
              />
            );
          })}
        </div>
      </section>
    );
  });
}

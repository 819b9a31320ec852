// Many numbers of one window with few statements: what is told from the same facts is counted in one walk along them.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import type { RowSums } from "../reading-rules.ts";
import type { KpiId } from "../schema/kpi-id.ts";
import { MERGE_FAMILIES } from "./merge-store.ts";
import { type CountedKpi, NOTHING, sumRows } from "./rows-store.ts";
import { RUN_FAMILIES } from "./run-store.ts";
import type { Family, RowsWindow } from "./window-store.ts";

type Counts = Pick<RowSums, "rows" | "hits" | "maturing" | "provisional">;

async function sumFamily(db: Db, family: Family, window: RowsWindow): Promise<ReadonlyMap<string, RowSums>> {
  const judged = Object.entries(family.judged);
  const { asOf } = window;
  const column = (name: string, index: number) => Prisma.raw(`${name}${index}`);
  const columns = judged.map(
    ([, { hit, maturing }], index) =>
      Prisma.sql`${hit(asOf)} as ${column("hit", index)}, ${maturing(asOf)} as ${column("waits", index)}`,
  );
  const counts = judged.map(([kpi], index) => {
    const [hit, waits] = [column("hit", index), column("waits", index)];
    return Prisma.sql`${kpi}::text, json_build_object(
      'rows', count(*) filter (where not ${waits}), 'hits', count(*) filter (where ${hit} and not ${waits}),
      'maturing', count(*) filter (where ${waits}),
      'provisional', count(*) filter (where provisional and not ${waits}))`;
  });
  // `offset 0`: each fact is judged once, not once for every count of it.
  const [row] = await db.$queryRaw<{ counts: Record<string, Counts> }[]>`
    select json_build_object(${Prisma.join(counts)}) as counts
    from (select ${Prisma.join(columns)}, ${family.provisional(asOf)} as provisional ${family.from(window)} offset 0) f`;
  if (!row) throw new Error("an aggregate gives one row");
  return new Map(
    Object.entries(row.counts).map(([kpi, told]) => [kpi, { ...NOTHING, censored: 0, ...told }]),
  );
}

/** What runs cost and the fixes that it bought, of which each was summed already. */
const spentOnFixes = (costs: RowSums, fixes: RowSums): RowSums => ({
  ...costs,
  rows: costs.rows + fixes.rows,
  hits: fixes.hits,
  maturing: fixes.maturing,
  provisional: costs.provisional + fixes.provisional,
});

/** Sums of each number of `asked`, as `sumRows` gives them, with no walk made twice. */
export function sumTogether(
  db: Db,
  asked: ReadonlySet<KpiId>,
  window: RowsWindow,
  z: number,
): (kpi: CountedKpi) => Promise<RowSums> {
  const families = new Map<Family, Promise<ReadonlyMap<string, RowSums>>>();
  const alone = new Map<CountedKpi, Promise<RowSums>>();
  // Merges of a time are the same, whether they are counted or how long they took is told.
  const standsFor = (kpi: CountedKpi) =>
    kpi === "throughput" && asked.has("agent_lead_time") ? "agent_lead_time" : kpi;

  async function ofFamily(kpi: CountedKpi): Promise<RowSums | undefined> {
    const family = [...RUN_FAMILIES, ...MERGE_FAMILIES].find(({ judged }) => kpi in judged);
    if (!family || window.split.author === "human") return undefined;
    const sums = families.get(family) ?? sumFamily(db, family, window);
    families.set(family, sums);
    return (await sums).get(kpi);
  }

  async function sum(kpi: CountedKpi): Promise<RowSums> {
    if (kpi === "cost_per_fix") {
      const [costs, fixes] = await Promise.all([sumsOf("cost_per_run"), sumsOf("validated_fixes")]);
      return spentOnFixes(costs, fixes);
    }
    return (await ofFamily(kpi)) ?? sumRows(db, kpi, window, z);
  }

  function sumsOf(kpi: CountedKpi): Promise<RowSums> {
    const counted = standsFor(kpi);
    const sums = alone.get(counted) ?? sum(counted);
    alone.set(counted, sums);
    return sums;
  }
  return sumsOf;
}

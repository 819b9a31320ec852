import type { BoardQuery } from "#lib/boards/schema.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { SPLIT_TITLES } from "./split-table.tsx";

export interface BoardFilterProps {
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly query: Partial<BoardQuery>;
  readonly found: string;
}

const RANGES = [
  { value: "7d", title: "Last 7 days" },
  { value: "28d", title: "Last 28 days" },
  { value: "days", title: "From one day to another" },
];
const COMPARES = [
  { value: "baseline", title: "Beside the baseline" },
  { value: "none", title: "Beside nothing" },
];

export function BoardFilter({ pilots, query, found }: BoardFilterProps) {
  const { pilotId = "", range, first = "", last = "", compare, split } = query;
  const days =
    range === "days"
      ? ([
          { name: "first", label: "From", value: first, type: "date" },
          { name: "last", label: "to", value: last, type: "date" },
        ] as const)
      : [];
  return (
    <FilterBar
      found={found}
      fields={[
        {
          name: "pilot",
          label: "Pilot",
          value: pilotId,
          options: pilots.map(({ id, name }) => ({ value: id, title: name })),
        },
        {
          name: "range",
          label: "Since it began",
          value: range === "all" ? "" : (range ?? ""),
          options: RANGES,
        },
        ...days,
        {
          name: "compare",
          label: "Beside the time before",
          value: compare === "previous" ? "" : (compare ?? ""),
          options: COMPARES,
        },
        {
          name: "split",
          label: "All together",
          value: split === "none" ? "" : (split ?? ""),
          options: Object.entries(SPLIT_TITLES).map(([value, title]) => ({ value, title: `By ${title}` })),
        },
      ]}
    />
  );
}

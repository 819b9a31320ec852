import { memo, type ReactNode, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { LineRange } from "../contract.ts";
import type { PartView } from "../surface/part-view.ts";
import { DrawnRows } from "./draw.ts";
import { Row } from "./row.tsx";
import type { FindIn, RowOrder } from "./shape.ts";

export interface RowMarks {
  readonly view: PartView;
  readonly selected: LineRange | null;
  readonly findIn: FindIn | null;
  /** The line of the part that a search led to; -1 for none. */
  readonly line: number;
}

interface BlockProps extends RowMarks {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** The rows of it that have their colours. */
  readonly colouredFrom: number;
  readonly colouredTo: number;
}

const never = () => () => undefined;

/** False on the server and while its HTML is taken over, which has to be as React would make it. */
const useIsLive = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

export const Block = memo(function Block(props: BlockProps) {
  const { view, findIn, from, to, colouredFrom, colouredTo } = props;
  const block = useRef<HTMLDivElement>(null);
  const [drawn] = useState(() => new DrawnRows());
  const isLive = useIsLive();
  const orders = Array.from({ length: to - from }, (_, at) =>
    orderOf(props, from + at, from + at >= colouredFrom && from + at < colouredTo),
  );
  useLayoutEffect(() => {
    if (isLive && block.current) drawn.draw(block.current, { view, findIn, rows: orders });
  });
  return (
    <div ref={block} className="rb">
      {isLive ? null : orders.map((order) => <Row key={order.row} order={order} notes={null} />)}
    </div>
  );
});

interface NotedRowProps extends RowMarks {
  readonly row: number;
  readonly isColoured: boolean;
  readonly notes: ReactNode;
}

export const NotedRow = ({ row, isColoured, notes, ...marks }: NotedRowProps) => (
  <Row order={orderOf(marks, row, isColoured)} notes={notes} />
);

function orderOf({ view, selected, findIn, line }: RowMarks, row: number, isColoured: boolean): RowOrder {
  const isCurrent = line >= 0 && (view.rows.left[row] === line || view.rows.right[row] === line);
  return { view, row, isColoured, chosen: chosenIn(view, row, selected), findIn, isCurrent };
}

function chosenIn({ rows, lines }: PartView, row: number, selected: LineRange | null): string {
  if (!selected) return "";
  const { side, from, to } = selected;
  const line = side === "new" && rows.right[row] !== -1 ? (rows.right[row] ?? -1) : (rows.left[row] ?? -1);
  const number = line === -1 ? 0 : (lines[side][line] ?? 0);
  return number >= from && number <= to ? side : "";
}

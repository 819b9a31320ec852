import { createElement, type ReactNode } from "react";
import { type RowOrder, rowShape, type Shape } from "./shape.ts";

const drawn = ({ tag, look, attributes, children }: Shape, key?: number, last?: ReactNode): ReactNode =>
  createElement(
    tag,
    { key, className: look, ...attributes },
    ...children.map((child, at) => (typeof child === "string" ? child : drawn(child, at))),
    last,
  );

interface RowProps {
  readonly order: RowOrder;
  /** Below the line, of any height. */
  readonly notes: ReactNode;
}

/** A row made by React: one with notes, and any while the server's page is taken over. What is pressed in it is heard by the list. */
export const Row = ({ order, notes }: RowProps): ReactNode => drawn(rowShape(order), undefined, notes);

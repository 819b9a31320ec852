// The search of a review page: its worker, what is looked for, and the place somebody stands at.
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { ReviewFile } from "../../diff-rules.ts";
import type { FindIn } from "../rows/shape.ts";
import { type Hits, patternOf, type Query } from "./search.ts";
import type { FromWorker, PartOrder, ToWorker } from "./worker.ts";

export interface FindState {
  readonly isOpen: boolean;
  readonly query: Query;
  /** Null until the first answer. */
  readonly answer:
    | (Hits & { readonly query: Query; readonly turn: number; readonly isWhole: boolean })
    | null;
  /** Which of the places, from 0; -1 before the first step. */
  readonly at: number;
  readonly read: { readonly read: number; readonly of: number; readonly why: string | null };
}

export interface Place {
  readonly place: number;
  readonly line: number;
  readonly character: number;
}

const CLOSED: FindState = {
  isOpen: false,
  query: { text: "", matchCase: false },
  answer: null,
  at: -1,
  read: { read: 0, of: 1, why: null },
};

/** In the order in which they come, which is git's; each with its number among what is shown. */
function ordersOf(files: readonly ReviewFile[]): PartOrder[] {
  let shown = 0;
  const orders = files.flatMap(({ place, parts }) =>
    parts.map(({ line, length, sha256 }) => ({ place, line, length, sha256, shown: shown++ })),
  );
  return orders.sort((a, b) => a.place - b.place || a.line - b.line);
}

/** The places of what is looked for in one line, for those that are drawn. */
export function finder(query: Query): FindIn | null {
  const pattern = patternOf(query);
  if (!pattern) return null;
  return (text) =>
    Array.from(text.matchAll(pattern), ({ 0: hit, index }) => [index, index + hit.length] as const);
}

export function placeAt({ places }: Hits, at: number): Place | null {
  const [place, line, character] = places.subarray(at * 3, at * 3 + 3);
  return place === undefined || line === undefined ? null : { place, line, character: character ?? 0 };
}

/** Leads somebody from place to place; `go` takes them there. */
export function useFind(files: readonly ReviewFile[], whole: string | null, go: (place: Place) => void) {
  const [state, setState] = useState(CLOSED);
  const worker = useRef<Worker | null>(null);
  const turn = useRef(0);
  const goTo = useEffectEvent(go);

  const take = useEffectEvent((message: FromWorker) => {
    if (message.say === "read") {
      setState((before) => ({ ...before, read: message }));
      return;
    }
    if (message.turn !== turn.current) return;
    const isAgain = state.answer?.turn === message.turn;
    setState((before) => ({
      ...before,
      answer: message,
      at: isAgain ? before.at : message.count > 0 ? 0 : -1,
    }));
    const first = isAgain ? null : placeAt(message, 0);
    if (first) goTo(first);
  });
  useEffect(() => () => worker.current?.terminate(), []);

  const start = (): Worker => {
    if (worker.current) return worker.current;
    const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    made.onmessage = (event: MessageEvent<FromWorker>) => take(event.data);
    const order: ToWorker = {
      say: "read",
      address: new URL(whole ?? "", location.href).href,
      parts: ordersOf(files),
    };
    made.postMessage(order);
    worker.current = made;
    return made;
  };
  const ask = (query: Query) => {
    turn.current++;
    setState((before) => ({ ...before, query, ...(query.text === "" ? { answer: null, at: -1 } : {}) }));
    if (query.text === "") return;
    const order: ToWorker = { say: "find", turn: turn.current, query };
    start().postMessage(order);
  };
  const step = (by: 1 | -1) => {
    const { answer, at } = state;
    const most = answer ? answer.places.length / 3 : 0;
    if (!answer || most === 0) return;
    const next = (at + by + most) % most;
    setState((before) => ({ ...before, at: next }));
    const place = placeAt(answer, next);
    if (place) goTo(place);
  };
  const open = () => {
    start();
    setState((before) => ({ ...before, isOpen: true }));
  };
  const close = () => setState((before) => ({ ...before, isOpen: false }));
  return { state, ask, step, open, close };
}

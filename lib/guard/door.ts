// What every door says about itself, readable by tests: whatever is reachable from outside carries one.
import type { DoorPermission } from "../authz/rules.ts";

export type DoorKind =
  | "page"
  | "layout"
  | "action"
  | "route"
  | "stream_route"
  | "runner_route"
  | "token_route";

/** Whose tokens open a door: an auditor's for the log (`pla_…`), a program's (`pht_…`). */
export type Bearer = "access" | "token";

/** `runner`: a signed request of a registered runner; roles do not apply. */
export interface Door {
  readonly kind: DoorKind;
  readonly permission: DoorPermission | "runner";
  /** Largest request body, bytes. */
  readonly maxBytes: number;
  /** Of doors that tokens open; any other takes sessions alone. */
  readonly bearers?: readonly Bearer[];
}

export function withDoor<F extends (...args: never[]) => unknown>(door: Door, fn: F): F {
  return Object.assign(fn, { door });
}

/** The door of an exported page, action or route; null where there is none. */
export function doorOf(exported: unknown): Door | null {
  if (typeof exported !== "function" || !Object.hasOwn(exported, "door")) return null;
  return (exported as unknown as { door: Door }).door;
}

// Short-lived cookies that carry a step of signing in from one request to the next: encrypted, for one purpose, and
// taken once. They open nothing by themselves.
import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { MINUTE } from "../../clock.ts";
import type { Tx } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import { openHere, sealHere } from "../../sealing/kept-here.ts";
import { authSettings } from "../settings.ts";
import { insertSpent } from "../ticket-store.ts";

export const TICKET_LENGTH = 10 * MINUTE;

export type TicketPurpose = "sso" | "second_step";

/** `__Host-` on https; on http the port tells deployments of one host apart. */
export function ticketCookie(url: URL, purpose: TicketPurpose): { name: string; secure: boolean } {
  const word = purpose.replace("_", "-");
  if (url.protocol === "https:") return { name: `__Host-pilothouse-${word}`, secure: true };
  return { name: `pilothouse-${word}-${url.port || "80"}`, secure: false };
}

const placeOf = (purpose: TicketPurpose) => ({ purpose: "ticket", place: purpose });

export function sealTicket(scope: Scope, purpose: TicketPurpose, carried: object): string {
  const id = randomBytes(16).toString("base64url");
  const ticket = { id, until: scope.clock.now() + TICKET_LENGTH, carried };
  return sealHere(authSettings().secret, placeOf(purpose), JSON.stringify(ticket)).toString("base64url");
}

export interface Ticket<T> {
  readonly id: string;
  readonly carried: T;
  readonly until: number;
}

/** What the ticket carries, or null when it is not ours, altered, over, or of another shape. */
export function openTicket<S extends z.ZodType>(
  scope: Scope,
  purpose: TicketPurpose,
  shape: S,
  sealed: string | null,
): Ticket<z.infer<S>> | null {
  if (sealed === null) return null;
  const text = openHere(authSettings().secret, placeOf(purpose), Buffer.from(sealed, "base64url"));
  if (text === null) return null;
  const ticket = z.object({ id: z.string(), until: z.number(), carried: shape }).safeParse(JSON.parse(text));
  return ticket.success && ticket.data.until > scope.clock.now() ? (ticket.data as Ticket<z.infer<S>>) : null;
}

/** Uses the ticket up; false when it was used before. */
export async function spendTicket(tx: Tx, scope: Scope, { id, until }: Ticket<unknown>): Promise<boolean> {
  const hash = createHash("sha256").update(id).digest("hex");
  return insertSpent(tx.db, { hash, expiresAt: new Date(until) }, new Date(scope.clock.now()));
}

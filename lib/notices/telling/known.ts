// A notice with what is looked up for its words.
import type { WaitingGate } from "../../gates/waiting.ts";
import type { NoticeRow } from "../delivery-store.ts";
import type { MessageItem, NoticeFacts } from "../schema.ts";

export interface Known {
  readonly row: NoticeRow;
  readonly facts: NoticeFacts;
  readonly pilot: string | null;
  readonly run: string | null;
  readonly gate: WaitingGate | null;
}

export type Item = Omit<MessageItem, "kind" | "at" | "pilotId">;

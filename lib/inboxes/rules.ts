import type { InboxItem } from "../protocol/steering.ts";
import type { ItemRow } from "./schema.ts";

const MAX_REASON = 2000;

/** As it goes to the runner; null for what has nothing to say any more. */
export function itemOf(row: ItemRow): InboxItem | null {
  const { number } = row;
  switch (row.kind) {
    case "message": {
      const { messageId: message, mode, origin, text } = row;
      if (message === null || mode === null || origin === null || text === null) return null;
      // Nothing is under way yet that it could be meant to end.
      const how = row.isAgain && mode === "interrupt" ? "now" : mode;
      return {
        number,
        kind: "message",
        message,
        mode: how,
        origin: origin === "goal" ? "goal" : "steer",
        text,
      };
    }
    case "answer": {
      const { ask, askStatus, answer } = row;
      if (ask === null || (askStatus !== "allowed" && askStatus !== "declined")) return null;
      return { number, kind: "answer", ask, decision: askStatus, reason: cut(answer) };
    }
    case "withdraw":
      return row.ref === null ? null : { number, kind: "withdraw", message: row.ref };
    case "pause":
      return { number, kind: "pause", why: row.why ?? "pause", reason: cut(row.runReason) };
  }
}

const cut = (text: string | null): string => (text ?? "").slice(0, MAX_REASON);

"use client";

import { useSyncExternalStore } from "react";
import { type Connection, onConnection, readConnection } from "./connection.ts";

const SAYS: Record<Exclude<Connection, "none">, { tone: string; word: string; title: string }> = {
  connecting: { tone: "wait", word: "Connecting", title: "The live stream is being opened" },
  live: { tone: "", word: "Live", title: "What happens is shown as it happens" },
  lost: {
    tone: "need",
    word: "Reconnecting",
    title: "The live stream broke off; nothing is lost, it resumes where it stopped",
  },
};

/** Nothing on pages that have no stream. */
export function LiveDot() {
  const connection = useSyncExternalStore(onConnection, readConnection, (): Connection => "none");
  if (connection === "none") return null;
  const { tone, word, title } = SAYS[connection];
  return (
    <span className="live" title={title} role="status">
      <span className={`dot ${tone}`} />
      {word}
    </span>
  );
}

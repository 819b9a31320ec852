// Whether this tab's live stream is up; written by the stream's hook, shown in the header.
export type Connection = "none" | "connecting" | "live" | "lost";

let current: Connection = "none";
const listeners = new Set<() => void>();

export function setConnection(next: Connection): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

export const readConnection = (): Connection => current;

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

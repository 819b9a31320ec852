// Server-sent events as text. Whatever an agent wrote stays inside its data line.

export interface Frame {
  /** What a browser sends back as Last-Event-ID. */
  readonly id?: number;
  readonly event?: string;
  readonly data: unknown;
}

/** JSON has no raw line breaks, so a frame is one data line whatever the data holds. */
export function frame({ id, event, data }: Frame): string {
  if (event !== undefined && !/^[a-z_]{1,40}$/.test(event))
    throw new Error(`not a name of an event: ${event}`);
  const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** A comment: keeps proxies from closing a quiet stream and shows both ends that the other lives. */
export const HEARTBEAT = ": still here\n\n";

/** First bytes: how long a browser waits before it comes back, milliseconds. */
export const opening = (retry: number): string => `retry: ${retry}\n\n`;

/** The number to go on after; 0 for what is no number of ours. */
export function resumeAfter(lastEventId: string | null | undefined): number {
  return lastEventId && /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : 0;
}

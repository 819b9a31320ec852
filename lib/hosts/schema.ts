// Every host that a byte of a pilot went to, or was kept from.

/** `setup`: by its proxy. `agent`: what an agent asked its relay for. `model`: by the gateway. `repository`: by the worker. */
export type Way = "model" | "setup" | "repository" | "agent";

export interface HostRow {
  readonly way: Way;
  readonly host: string;
  /** Null where it does not matter. */
  readonly port: number | null;
  readonly verdict: "allowed" | "denied";
  /** What allowed it, or why not. */
  readonly rule: string;
  /** Bytes to the host and from it; null where nobody counts them. */
  readonly up: number | null;
  readonly down: number | null;
  /** True where more may have been sent than is known. */
  readonly atLeast: boolean;
  readonly times: number | null;
  readonly first: Date | null;
  readonly last: Date | null;
}

/** What one git, or several, sent to a host and got from it, on the wire. */
export interface Traffic {
  readonly host: string;
  readonly port: number;
  readonly way: "fetch" | "push";
  readonly up: number;
  readonly down: number;
  readonly connections: number;
}

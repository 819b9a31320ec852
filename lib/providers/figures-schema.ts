// How a provider's models answered, as counted and as shown.
export interface FigureRow {
  readonly model: string;
  /** Both null: all calls of the model. Otherwise one of them names a group. */
  readonly age: number | null;
  readonly context: number | null;
  readonly n: number;
  readonly timed: number;
  readonly paced: number;
  readonly firstByteP50: number | null;
  readonly firstByteP95: number | null;
  readonly tokenTimed: number;
  readonly firstTokenP50: number | null;
  readonly firstTokenP95: number | null;
  readonly tokensPerSecond: number | null;
  readonly errors: number;
  readonly retried: number;
}

/** Calls that are looked at, the newest ones: half a second, however many there were. */
export const NEWEST_CALLS = 20_000;

/** Fewer say nothing. */
export const MINIMUM_SAMPLE = 10;

/** Milliseconds, retries included. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  /** Calls it rests on: those of which it is known. */
  readonly n: number;
}

export interface Figures extends Pick<FigureRow, "model" | "age" | "context" | "n"> {
  /** Null for too few, as all that follow. */
  readonly firstByte: Times | null;
  /** Of streams, and not of those from before it was noted. */
  readonly firstToken: Times | null;
  readonly tokensPerSecond: number | null;
  readonly errorRate: number | null;
  readonly retryRate: number | null;
}

/** What is to be said, with what it speaks of. */
export interface ItemRow {
  readonly number: number;
  readonly kind: "message" | "answer" | "pause" | "withdraw";
  /** The message or the ask. */
  readonly ref: string | null;
  readonly why: "pause" | "ask" | null;
  readonly messageId: string | null;
  readonly mode: "now" | "queue" | "interrupt" | null;
  readonly origin: "steer" | "goal" | "review" | null;
  readonly text: string | null;
  /** The agent of an earlier attempt got it. */
  readonly isAgain: boolean;
  readonly ask: number | null;
  readonly askStatus: "open" | "allowed" | "declined" | "expired" | null;
  readonly answer: string | null;
  readonly runReason: string | null;
}

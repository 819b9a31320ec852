import type { GateView } from "#lib/gates/schema.ts";
import type { FormAction } from "../form/state.ts";

export interface DecisionBarProps {
  readonly gate: GateView;
  /** What is decided on, 64 characters. */
  readonly digest: string;
  readonly digestName: string;
  /** Files the person has not opened; none for a gate without files. */
  readonly unread: number;
  /** Why approving has to wait, beyond what the gate says: hidden characters nobody looked at. */
  readonly mustRead?: string | null;
  /** Listens to the keys of the review page: a approves, x rejects. Each still asks. */
  readonly keys?: boolean;
  /** What the page left out when it showed the changes, in words. */
  readonly shownWithout?: string | null;
  /** What approving does, as a button says it: "Approve merge". */
  readonly approveWord: string;
  /** Reads `gateId`, `digest`, `decision` and `reason`. */
  readonly decide: FormAction;
}

// When an agent is told again what it works on, and how it stands: after so many turns, minutes or tokens. 0 = never for that.
// A turn is one answer of the model, whichever program asks for it: the programs' own turns may last as long as the run.
import { z } from "zod";

const often = z.int().min(0);

export const Anchoring = z.object({
  turns: often,
  minutes: often,
  /** Of the agent's own count, in and out; what was cached is not counted again. */
  tokens: often,
});
export type Anchoring = z.infer<typeof Anchoring>;
export const NEVER_ANCHORS: Anchoring = { turns: 0, minutes: 0, tokens: 0 };

export const isAnchored = ({ turns, minutes, tokens }: Anchoring): boolean => turns + minutes + tokens > 0;

import { z } from "zod";
import { word } from "./words.ts";

export const AGENT_KINDS = {
  "agent.created": z.strictObject({ driver: word }),
} as const;

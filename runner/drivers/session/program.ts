// What a driver of an agent with a model writes: how its program is started, what is kept of it, and how it is talked to.
import type { DriverCapabilities, ModelAccess } from "../port.ts";
import type { AgentProgram, Conversation, Talk } from "./port.ts";

export interface ModelDriver {
  readonly name: string;
  readonly caps: DriverCapabilities;
  /** How the program is started. Throws `refused` where it is not there. */
  program(
    model: Pick<ModelAccess, "model" | "api" | "baseUrl" | "key" | "historyTokens">,
  ): Promise<AgentProgram> | AgentProgram;
  /** Folders inside the sandbox that a snapshot keeps besides the tree; below /work or /home/agent. */
  readonly keeps: readonly string[];
  open(conversation: Conversation): Talk;
}

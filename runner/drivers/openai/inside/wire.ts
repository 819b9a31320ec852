// The loop's end of its lines. Runs inside the sandbox: nothing but Node's own modules.
import { createInterface } from "node:readline";

export type Said =
  | { readonly type: "bound"; readonly session: string }
  | {
      readonly type: "open";
      readonly id: string;
      readonly item: "message" | "reasoning" | "patch" | "tool";
      readonly title: string;
    }
  | { readonly type: "delta"; readonly id: string; readonly text: string }
  | {
      readonly type: "close";
      readonly id: string;
      readonly status: "completed" | "failed" | "aborted";
      readonly wait?: boolean;
    }
  | { readonly type: "command"; readonly id: string; readonly argv: readonly string[] }
  | {
      readonly type: "output";
      readonly id: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  | {
      readonly type: "command_end";
      readonly id: string;
      readonly exit: number | null;
      readonly ended: "itself" | "time";
      readonly milliseconds: number;
    }
  | {
      readonly type: "usage";
      readonly input: number;
      readonly cached: number;
      readonly output: number;
      readonly reasoning: number;
    }
  | { readonly type: "done"; readonly text: string }
  | { readonly type: "failed"; readonly reason: string };

export const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

type Heard =
  | { readonly type: "prompt"; readonly text: string }
  | { readonly type: "go_on"; readonly id: string };

const waiting = new Map<string, () => void>();
const prompt = Promise.withResolvers<string>();

createInterface({ input: process.stdin }).on("line", (line) => {
  const heard = JSON.parse(line) as Heard;
  if (heard.type === "prompt") prompt.resolve(heard.text);
  else {
    waiting.get(heard.id)?.();
    waiting.delete(heard.id);
  }
});

/** The first thing the driver says. */
export const firstPrompt = (): Promise<string> => prompt.promise;

/** Says that a tool has ended, and waits until the driver has looked at the checkout as it is now. */
export async function sayAndWait(said: Extract<Said, { type: "close" | "command_end" }>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.set(said.id, resolve);
  say(said);
  await promise;
}

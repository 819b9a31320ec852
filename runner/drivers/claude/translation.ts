// What the Agent SDK says, as the items of any agent.
import type { Clock } from "#lib/clock.ts";
import type { SessionRecord } from "../session/port.ts";
import type { Result, SdkMessage } from "./messages.ts";
import { changeText, exitOf, resultsIn, type ToolCall, type ToolResult, textOf, titleOf } from "./words.ts";

type Streamed = Extract<SdkMessage, { type: "stream_event" }>["event"];

export interface Translation {
  /** Everything but results of turns and what became of what was said to it. */
  take(message: Exclude<SdkMessage, { type: "result" | "command_lifecycle" }>): Promise<void>;
  /** Opens the item of a call that is asked about before it was told. */
  open(call: ToolCall): Promise<void>;
  /** The call was declined: its result will say why, and it never ran. */
  decline(id: string): void;
  usage(result: Result): Promise<void>;
}

export interface TranslationOptions {
  readonly record: SessionRecord;
  readonly clock: Clock;
  /** The checkout, whose name is left out of paths. */
  readonly tree: string;
}

export function createTranslation({ record, clock, tree }: TranslationOptions): Translation {
  /** Calls that have no result yet; of what they were given nothing is held. */
  const calls = new Map<
    string,
    { readonly name: string; readonly isChange: boolean; readonly began: number }
  >();
  const declined = new Set<string>();
  /** Blocks of the answer that is being written: place in it → item. */
  const blocks = new Map<number, string>();
  let answer = "";
  let compactions = 0;

  async function openBlock(index: number, type: string): Promise<void> {
    if (type !== "text" && type !== "thinking") return; // calls of tools come whole
    const item = `${answer}:${index}`;
    blocks.set(index, item);
    if (type === "text") await record.open(item, "message", "Message");
    else await record.open(item, "reasoning", "Reasoning");
  }

  async function stream(event: Streamed): Promise<void> {
    switch (event.type) {
      case "message_start":
        answer = event.message.id;
        blocks.clear();
        return;
      case "content_block_start":
        return openBlock(event.index, event.content_block.type);
      case "content_block_delta": {
        const { text, thinking } = event.delta;
        const item = blocks.get(event.index);
        if (item !== undefined) await record.delta(item, text ?? thinking ?? "");
        return;
      }
      case "content_block_stop": {
        const item = blocks.get(event.index);
        blocks.delete(event.index);
        if (item !== undefined) await record.close(item, "completed");
      }
    }
  }

  async function open(call: ToolCall): Promise<void> {
    if (calls.has(call.id)) return;
    const { id, name, input } = call;
    const change = changeText(call, tree);
    calls.set(id, { name, isChange: change !== null, began: clock.now() });
    if (name === "Bash")
      return record.openCommand(id, ["bash", "-c", textOf(input.command)], textOf(input.description));
    await record.open(id, change === null ? "tool" : "patch", titleOf(call, tree));
    if (change !== null) await record.delta(id, change);
  }

  async function close(id: string, result: ToolResult): Promise<void> {
    const call = calls.get(id);
    if (call === undefined) return;
    calls.delete(id);
    const status = declined.delete(id) ? "declined" : "completed";
    if (call.name !== "Bash") {
      if (!call.isChange || result.isError) await record.delta(id, `${result.text}\n`);
      return record.close(id, result.isError && status !== "declined" ? "failed" : status, true);
    }
    if (status === "completed") {
      await record.output(id, "stdout", result.streams?.stdout ?? result.text);
      await record.output(id, "stderr", result.streams?.stderr ?? "");
    }
    const exit = status === "declined" ? null : exitOf(result);
    await record.closeCommand(id, {
      status,
      exit,
      milliseconds: Math.max(0, Math.round(clock.now() - call.began)),
    });
  }

  return {
    open,
    decline: (id) => void declined.add(id),
    async take(message) {
      switch (message.type) {
        case "stream_event":
          return stream(message.event);
        case "system": {
          const item = `compaction:${++compactions}`;
          await record.open(item, "compaction", "Compact the context");
          return record.close(item, "completed");
        }
        case "assistant":
          for (const block of message.message.content)
            if (block.type === "tool_use") await open(block as unknown as ToolCall);
          return;
        case "user":
          for (const { id, ...result } of resultsIn(message)) await close(id, result);
      }
    },
    async usage({ usage }) {
      const {
        input_tokens,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens,
        output_tokens,
      } = usage;
      await record.usage({
        input: input_tokens + cached + cache_creation_input_tokens,
        cached,
        output: output_tokens,
        reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
      });
    },
  };
}

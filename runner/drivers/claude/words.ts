// Calls of Claude's tools and their results, as texts.
import type { SdkMessage } from "./messages.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
  /** Of a command. */
  readonly streams: { readonly stdout: string; readonly stderr: string } | null;
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const shortPath = (value: unknown, tree: string): string => {
  const path = textOf(value);
  return path.startsWith(`${tree}/`) ? path.slice(tree.length + 1) : path;
};

const signed = (sign: "+" | "-", text: string): string[] => text.split("\n").map((line) => `${sign}${line}`);

/** A change of a file as removed and added lines; null for a call that changes none. */
export function changeText({ name, input }: ToolCall, tree: string): string | null {
  const path = shortPath(input.file_path, tree);
  if (name === "Write") return [`+++ ${path}`, ...signed("+", textOf(input.content))].join("\n");
  if (name !== "Edit") return null;
  const every = input.replace_all === true ? " (every place)" : "";
  const lines = [...signed("-", textOf(input.old_string)), ...signed("+", textOf(input.new_string))];
  return [`--- ${path}${every}`, ...lines].join("\n");
}

export function titleOf({ name, input }: ToolCall, tree: string): string {
  if (name === "Write") return `Write ${shortPath(input.file_path, tree)}`;
  if (name === "Edit") return `Change ${shortPath(input.file_path, tree)}`;
  const about = shortPath(input.file_path ?? input.pattern ?? input.path, tree);
  return about === "" ? name : `${name} ${about}`;
}

/** A command that failed says how in its first line; what was not run to its end has no exit. */
export function exitOf({ text, isError }: ToolResult): number | null {
  if (!isError) return 0;
  const [, code] = /^(?:Error: )?Exit code (\d{1,3})\b/.exec(text) ?? [];
  return code === undefined ? null : Number(code);
}

type Told = Extract<SdkMessage, { type: "user" }>;

/** The results in a message, by the calls they are of. */
export function resultsIn({ message, tool_use_result: own }: Told): (ToolResult & { readonly id: string })[] {
  const isCommand = typeof own === "object" && own !== null && "stdout" in own && "stderr" in own;
  const streams = isCommand ? { stdout: textOf(own.stdout), stderr: textOf(own.stderr) } : null;
  return message.content.flatMap((block) => {
    if (block.type !== "tool_result" || !("tool_use_id" in block)) return [];
    const { tool_use_id, content, is_error } = block;
    const text =
      typeof content === "string"
        ? content
        : (content as { text?: string }[]).map((part) => part.text ?? "").join("\n");
    return [{ id: textOf(tool_use_id), text, isError: is_error === true, streams }];
  });
}

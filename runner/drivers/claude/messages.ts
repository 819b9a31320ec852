// What the Agent SDK says, as far as it is understood here; everything else is kept as a line.
import { z } from "zod";

const text = z.string();
/** What is remembered by is short: everything that an agent can write could be here. */
const id = z.string().max(200);

/** One line of the bridge. `message` is the SDK's own. */
export const BridgeLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("begun"), session: z.uuid() }),
  z.object({
    type: z.literal("ask"),
    id,
    tool: id,
    input: z.record(z.string(), z.unknown()),
    /** Id of the call of the tool. */
    item: id,
  }),
  z.object({ type: z.literal("message"), message: z.record(z.string(), z.unknown()) }),
]);
export type BridgeLine = z.infer<typeof BridgeLine>;

const Block = z.looseObject({ type: text });
/** Of a type that is not read here: what is read has to have its shape. */
const OtherBlock = Block.refine(({ type }) => type !== "tool_use" && type !== "tool_result");

const StreamEvent = z.object({
  type: z.literal("stream_event"),
  event: z.discriminatedUnion("type", [
    z.object({ type: z.literal("message_start"), message: z.object({ id }) }),
    z.object({ type: z.literal("content_block_start"), index: z.int(), content_block: Block }),
    z.object({
      type: z.literal("content_block_delta"),
      index: z.int(),
      delta: z.looseObject({ text: text.optional(), thinking: text.optional() }),
    }),
    z.object({ type: z.literal("content_block_stop"), index: z.int() }),
  ]),
});

/** A whole block of the model's answer; calls of tools come with their whole input. */
const Assistant = z.object({
  type: z.literal("assistant"),
  message: z.object({
    content: z.array(
      z.union([
        z.object({
          type: z.literal("tool_use"),
          id,
          name: id,
          input: z.record(z.string(), z.unknown()),
        }),
        OtherBlock,
      ]),
    ),
  }),
});

const ResultContent = z.union([text, z.array(z.looseObject({ text: text.optional() }))]);

const ToolResults = z.object({
  type: z.literal("user"),
  message: z.object({
    content: z.array(
      z.union([
        z.object({
          type: z.literal("tool_result"),
          tool_use_id: id,
          content: ResultContent.default(""),
          is_error: z.boolean().default(false),
        }),
        OtherBlock,
      ]),
    ),
  }),
  /** Of a command, its two streams apart. */
  tool_use_result: z
    .union([z.object({ stdout: text, stderr: text, interrupted: z.boolean() }), z.unknown()])
    .optional(),
});

/** What became of something that was said to it, by the id it was said with. */
const Lifecycle = z.object({
  type: z.literal("command_lifecycle"),
  command_uuid: id,
  state: z.enum(["queued", "started", "completed", "cancelled"]),
});

const Compacted = z.object({ type: z.literal("system"), subtype: z.literal("compact_boundary") });

const tokens = z.int().min(0).default(0);

/** One for each turn, after everything else of it. An error of the model's API is told as a success with `is_error`. */
const Result = z.object({
  type: z.literal("result"),
  subtype: text,
  is_error: z.boolean().default(false),
  result: text.default(""),
  api_error_status: z.int().nullable().optional(),
  terminal_reason: text.optional(),
  errors: z.array(text).optional(),
  usage: z.object({
    input_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation_input_tokens: tokens,
    output_tokens: tokens,
    output_tokens_details: z.object({ thinking_tokens: tokens }).optional(),
  }),
});
export type Result = z.infer<typeof Result>;

export const SdkMessage = z.union([StreamEvent, Assistant, ToolResults, Lifecycle, Compacted, Result]);
export type SdkMessage = z.infer<typeof SdkMessage>;

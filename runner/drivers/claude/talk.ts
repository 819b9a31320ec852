// One session with Claude by the bridge beside it: one thing said after the other, each known by an id, so that what became of
// it is told rather than guessed.
import { randomUUID } from "node:crypto";
import type { Clock } from "#lib/clock.ts";
import { AppError, conflict, refused } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { Conversation, Question, Talk, TurnEnd } from "../session/port.ts";
import { BridgeLine, type Result, SdkMessage } from "./messages.ts";
import { createTranslation } from "./translation.ts";
import { changeText, textOf } from "./words.ts";

export interface TalkOptions {
  readonly clock: Clock;
  /** The checkout. */
  readonly tree: string;
}

const REASON_LENGTH = 3000;
/** Tools that look and touch nothing: their calls are told, and nobody is asked. */
const LOOKING: readonly string[] = ["Read", "Grep", "Glob"];

type Asked = Extract<BridgeLine, { type: "ask" }>;

interface Turn {
  readonly id: string;
  readonly end: PromiseWithResolvers<TurnEnd>;
  hasStarted: boolean;
}

const sentence = (text: string): string => visibleText(text.trim()).slice(0, REASON_LENGTH).toWellFormed();

/** Answers of the model's API that another try may change. */
const passes = (status: number | null | undefined): boolean =>
  status === null || status === undefined || status === 429 || status >= 500;

function endOf(result: Result): TurnEnd {
  const { subtype, is_error, result: text, terminal_reason = "" } = result;
  if (subtype === "success" && !is_error) return { status: "completed", text };
  if (terminal_reason.startsWith("aborted")) return { status: "interrupted", text: "" };
  const error =
    sentence(text || (result.errors ?? []).join(" ")) || `Claude broke off its turn (${subtype}).`;
  const transient = terminal_reason === "api_error" && passes(result.api_error_status);
  return { status: "failed", text: "", error, transient };
}

/** A turn that is being ended waits for no answer. */
function unlessEnding(error: unknown): null {
  if (error instanceof AppError && error.code === "conflict") return null;
  throw error;
}

/** The command that would read the same; null for what tells no more than names. */
function readingOf(tool: string, input: Asked["input"]): string[] | null {
  if (tool === "Read") return ["cat", "--", textOf(input.file_path)];
  if (tool === "Grep") return ["rg", "-e", textOf(input.pattern), "--", textOf(input.path) || "."];
  return null;
}

const readQuestion = (argv: string[], item: string, tree: string): Question => ({
  ...{ what: "command", item, argv, text: JSON.stringify(argv), cwd: tree, reason: "" },
  title: `Read ${argv.at(-1)}`,
});

export function openTalk({ agent, record, ask, guarded }: Conversation, options: TalkOptions): Talk {
  const { clock, tree } = options;
  const translation = createTranslation({ record, clock, tree });
  const begun = Promise.withResolvers<string>();
  /** What was said into the turn and is not read yet: id → whoever waits for its being taken. */
  const said = new Map<string, PromiseWithResolvers<void>>();
  let turn: Turn | null = null;
  begun.promise.catch(() => undefined); // whoever begins asks for it

  const order = (body: object): Promise<void> => agent.send(JSON.stringify(body));

  async function answer({ id, tool, input, item }: Asked): Promise<void> {
    const call = { id: item, name: tool, input };
    await translation.open(call);
    const allow = () => order({ do: "answer", id, allow: true });
    const reading = guarded.length > 0 ? readingOf(tool, input) : null;
    if (LOOKING.includes(tool) && reading === null) return allow();
    const command = textOf(input.command);
    const isCommand = tool === "Bash";
    const question =
      reading !== null
        ? readQuestion(reading, item, tree)
        : {
            what: isCommand ? ("command" as const) : ("change" as const),
            item,
            title: isCommand ? command.split("\n", 1).join("") : `${tool} ${textOf(input.file_path)}`,
            ...(isCommand ? { argv: ["bash", "-c", command] } : {}),
            text: isCommand
              ? JSON.stringify(["bash", "-c", command])
              : (changeText(call, tree) ?? JSON.stringify(input)),
            cwd: tree,
            reason: textOf(input.description),
          };
    const answered = await ask(question).catch(unlessEnding);
    if (answered === null) return; // the interrupt that comes is the answer
    if (answered.decision === "allowed") return allow();
    translation.decline(item);
    await order({ do: "answer", id, allow: false, reason: answered.reason || "This was declined." });
  }

  async function finish(result: Result): Promise<void> {
    await translation.usage(result);
    // What was said too late for the turn is read in one of its own, which the prompt's turn goes on in.
    if (turn?.hasStarted !== true || (said.size > 0 && endOf(result).status === "completed")) return;
    const over = turn;
    turn = null;
    over.end.resolve(endOf(result));
  }

  function follow(id: string, state: "queued" | "started" | "completed" | "cancelled"): void {
    if (turn?.id === id && state === "started") turn.hasStarted = true;
    said.get(id)?.resolve();
    if (state !== "queued") said.delete(id);
  }

  async function take(line: string): Promise<void> {
    const parsed = BridgeLine.safeParse(parse(line));
    if (!parsed.success) return record.line("stdout", line);
    if (parsed.data.type === "begun") return begun.resolve(parsed.data.session);
    if (parsed.data.type === "ask") {
      // It waits for people: what comes meanwhile goes on.
      answer(parsed.data).catch(stop);
      return;
    }
    const message = SdkMessage.safeParse(parsed.data.message);
    if (!message.success) return record.line("stdout", line);
    if (message.data.type === "result") return finish(message.data);
    if (message.data.type === "command_lifecycle")
      return follow(message.data.command_uuid, message.data.state);
    return translation.take(message.data);
  }

  async function howItEnded(): Promise<string> {
    const { code, signal, stderr } = await agent.ended;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const words = sentence(stderr.slice(-1000));
    return `Claude ${how} before its turn was over.${words === "" ? "" : ` It said: ${words}`}`;
  }

  /** Nothing more comes: of itself (`null`), or because something of ours could not go on. */
  function stop(error: unknown): void {
    begun.reject(error);
    for (const waiting of said.values()) waiting.reject(conflict("The turn has ended."));
    said.clear();
    turn?.end.reject(error);
  }

  async function read(): Promise<void> {
    for await (const line of agent.lines) await take(line);
    const error = await howItEnded();
    begun.reject(refused(error));
    for (const waiting of said.values()) waiting.reject(conflict("The turn has ended."));
    turn?.end.resolve({ status: "failed", text: "", error });
    turn = null;
  }
  read().catch(stop);

  return {
    async begin(native) {
      await order({ do: "begin", ...(native === null ? {} : { session: native }) });
      return begun.promise;
    },
    async turn(text) {
      const id = randomUUID();
      const begunTurn: Turn = { id, end: Promise.withResolvers(), hasStarted: false };
      begunTurn.end.promise.catch(() => undefined); // asked for below
      turn = begunTurn;
      try {
        await order({ do: "say", id, text });
      } catch (error) {
        if (turn === null) return begunTurn.end.promise; // it ended meanwhile, which says more
        throw error;
      }
      return begunTurn.end.promise;
    },
    async steer(text) {
      if (turn === null) throw conflict("The turn has ended.");
      const id = randomUUID();
      const taken = Promise.withResolvers<void>();
      said.set(id, taken);
      await order({ do: "say", id, text });
      await taken.promise;
      return "tool_boundary";
    },
    async interrupt() {
      if (turn !== null) await order({ do: "interrupt" });
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // kept as it came
  }
}

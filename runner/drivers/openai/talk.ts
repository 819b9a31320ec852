// The talk with the loop inside the sandbox: its lines as items, our words as its turns.
import { scriptText } from "#lib/asks/rules.ts";
import { AppError, conflict, refused } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";
import type { Conversation, Question, SteerEffect, Talk, TurnEnd } from "../session/port.ts";
import { LoopLine } from "./lines.ts";

type Line<Type extends LoopLine["type"]> = Extract<LoopLine, { type: Type }>;

function parse(line: string): LoopLine {
  try {
    return LoopLine.parse(JSON.parse(line));
  } catch {
    throw refused("The agent said something that is not a line of its loop.");
  }
}

function questionOf({ id, what, text }: Line<"ask">): Question {
  const common = { item: id, cwd: TREE_ROOT, reason: "" };
  switch (what) {
    case "command":
      return { ...common, what, title: text, text: scriptText(text) };
    case "change":
      return { ...common, what, title: "Change files", text };
    case "read": {
      // Judged and shown as the command that would do the same.
      const argv = ["cat", "--", ...text.split("\0")];
      return { ...common, what: "command", title: `Read ${argv[2]}`, argv, text: JSON.stringify(argv) };
    }
  }
}

const endOf = ({ status, text, error, transient }: Line<"turn">): TurnEnd => ({
  status,
  text,
  ...(error === undefined ? {} : { error: visibleText(error) }),
  transient,
});

export function openTalk({ agent, record, ask, asks, guarded }: Conversation): Talk {
  const bound = Promise.withResolvers<string>();
  const steers = new Map<string, PromiseWithResolvers<SteerEffect>>();
  let turn: PromiseWithResolvers<TurnEnd> | null = null;
  let lastSteer = 0;
  bound.promise.catch(() => undefined); // told to whoever begins; else nobody has to be

  const tell = (order: object) => agent.send(JSON.stringify(order));
  const goOn = (id: string) => tell({ type: "go_on", id });

  function settleSteer(id: string, error?: AppError): void {
    const steer = steers.get(id);
    steers.delete(id);
    if (error) steer?.reject(error);
    else steer?.resolve("tool_boundary");
  }

  async function answer(line: Line<"ask">): Promise<void> {
    try {
      await tell({ type: "answer", id: line.id, ...(await ask(questionOf(line))) });
    } catch (error) {
      // The turn is being ended; the loop hears that next. What cannot be told because the program ended is told by its end.
      if (!(error instanceof AppError) || !["conflict", "refused"].includes(error.code)) throw error;
    }
  }

  async function take(said: LoopLine): Promise<void> {
    switch (said.type) {
      case "bound":
        return bound.resolve(said.session);
      case "open":
        return record.open(said.id, said.item, said.title);
      case "delta":
        return record.delta(said.id, said.text);
      case "close":
        await record.close(said.id, said.status, said.wait);
        return said.wait ? goOn(said.id) : undefined;
      case "command":
        return record.openCommand(said.id, said.argv, "");
      case "output":
        return record.output(said.id, said.stream, said.text);
      case "command_end": {
        const { id, status, exit, ended, milliseconds, dropped } = said;
        await record.closeCommand(id, { status, exit, ended, milliseconds, dropped });
        return goOn(id);
      }
      case "ask":
        // The lines go on meanwhile: the turn may be interrupted while somebody thinks.
        answer(said).catch(end);
        return;
      case "usage":
        return record.usage(said);
      case "steered":
        return settleSteer(said.id);
      case "turn":
        for (const id of said.late) settleSteer(id, conflict("The turn has ended."));
        turn?.resolve(endOf(said));
        turn = null;
        return;
    }
  }

  function end(error: unknown): void {
    bound.reject(error);
    turn?.reject(error);
    turn = null;
    for (const id of [...steers.keys()]) settleSteer(id, conflict("The agent has ended."));
  }

  async function follow(): Promise<never> {
    for await (const line of agent.lines) await take(parse(line));
    const { code, signal, stderr } = await agent.ended;
    const how = signal === null ? `exit ${code ?? "none"}` : signal;
    const said = visibleText(stderr.trim().slice(-1500));
    throw refused(`The agent ended without a word (${how}). ${said}`.trim());
  }
  follow().catch(end);

  return {
    async begin(native) {
      await tell({ type: "begin", session: native, asks, guarded });
      return bound.promise;
    },
    async turn(text) {
      turn = Promise.withResolvers<TurnEnd>();
      const ended = turn.promise;
      ended.catch(() => undefined); // told below, unless the program took nothing any more
      await tell({ type: "turn", text });
      return ended;
    },
    async steer(text) {
      if (turn === null) throw conflict("The turn has ended.");
      const id = `steer-${++lastSteer}`;
      const steer = Promise.withResolvers<SteerEffect>();
      steers.set(id, steer);
      await tell({ type: "steer", id, text });
      return steer.promise;
    },
    async interrupt() {
      if (turn !== null) await tell({ type: "interrupt" });
    },
  };
}

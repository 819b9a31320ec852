// One command of the harness: a fresh sandbox, a number, and what it did as events.

import type { Clock } from "#lib/clock.ts";
import type { Sandbox, SandboxSpec } from "#lib/jail/port.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { type Execution, execute } from "./execute.ts";
import { createOutputEvents } from "./output-events.ts";

export interface Command {
  /** As people are shown it. */
  readonly argv: readonly string[];
  readonly tree: string;
  readonly purpose: string;
  readonly spec: SandboxSpec;
  readonly input?: Buffer;
}

export interface PerformOptions {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  emit(event: NewEvent): Promise<void>;
  /** Numbers the commands, where others are numbered with them. */
  readonly nextCommand?: () => number;
}

export type Perform = (command: Command) => Promise<Execution & { readonly command: number }>;

export function createPerform({
  sandbox,
  clock,
  signal,
  emit,
  nextCommand = counter(),
}: PerformOptions): Perform {
  return async ({ argv, tree, purpose, spec, input }) => {
    signal.throwIfAborted();
    const command = nextCommand();
    const shown = argv.slice(0, 100).map((argument) => argument.slice(0, 2000));
    await emit({
      kind: "command_started",
      body: { command, argv: shown, tree: tree.slice(0, 200), purpose: purpose.slice(0, 300) },
    });
    const output = createOutputEvents(command, clock, emit);
    const execution = await execute({ sandbox, spec, signal, input, onOutput: output.add }).finally(
      output.finish,
    );
    const { exit, dropped } = execution;
    const milliseconds = Math.round(exit.milliseconds);
    await emit({
      kind: "command_finished",
      body: { command, exit: exit.code, ended: exit.ended, milliseconds, dropped },
    });
    return { ...execution, command };
  };
}

export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

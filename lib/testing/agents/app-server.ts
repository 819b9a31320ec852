// The other side of Codex's protocol without Codex: a test says what it answers and what it tells.
import type { AgentEnd, AgentSession, SessionRecord } from "#runner/drivers/session/port.ts";

export interface SentMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface TestAppServer {
  readonly agent: AgentSession;
  /** What it was sent, parsed. */
  readonly sent: SentMessage[];
  /** Says a line; an object as JSON. */
  say(line: string | object): void;
  /** How often it was told to stop. */
  stops: number;
  /** Ends its lines and itself. */
  end(how?: Partial<AgentEnd>): void;
}

export const VERSION_LINE = "pilothouse_runner/0.169.0 (Debian 12.0.0; x86_64)";

const thread = {
  thread: { id: "thread-1" },
  model: "gpt-5.5",
  approvalPolicy: "never",
  approvalsReviewer: "user",
  sandbox: { type: "dangerFullAccess" },
};

/** As Codex answers when all is well. */
export const ANSWERS: Readonly<Record<string, unknown>> = {
  initialize: { userAgent: VERSION_LINE },
  "thread/start": thread,
  "thread/resume": thread,
  "turn/start": { turn: { id: "turn-1" } },
  "turn/steer": { turnId: "turn-1" },
  "turn/interrupt": {},
};

export interface AppServerChoices {
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Called after each message it was sent was answered. */
  readonly onSent?: (message: SentMessage, server: TestAppServer) => void;
}

function createLines() {
  const waiting: string[] = [];
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const nudge = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  async function* read(): AsyncGenerator<string> {
    for (;;) {
      const next = wake.promise;
      const line = waiting.shift();
      if (line !== undefined) yield line;
      else if (isOver) return;
      else await next;
    }
  }
  return {
    lines: read(),
    push(line: string) {
      waiting.push(line);
      nudge();
    },
    end() {
      isOver = true;
      nudge();
    },
  };
}

export function createAppServer({ answers = ANSWERS, onSent }: AppServerChoices = {}): TestAppServer {
  const { lines, push, end } = createLines();
  const ended = Promise.withResolvers<AgentEnd>();
  const sent: SentMessage[] = [];
  const absent = () => Promise.reject(new Error("There is no sandbox here."));
  const server: TestAppServer = {
    sent,
    stops: 0,
    agent: {
      lines,
      async send(line) {
        const message = JSON.parse(line) as SentMessage;
        sent.push(message);
        if (message.method !== undefined && message.id !== undefined && message.method in answers)
          server.say({ id: message.id, result: answers[message.method] });
        onSent?.(message, server);
      },
      ended: ended.promise,
      tree: absent,
      async stop() {
        server.stops += 1;
        server.end({ code: null, signal: "SIGKILL" });
        return ended.promise;
      },
      artefacts: absent,
      bundle: absent,
      close: absent,
    },
    say: (line) => push(typeof line === "string" ? line : JSON.stringify(line)),
    end(how = {}) {
      end();
      ended.resolve({ code: 0, signal: null, stderr: "", ...how });
    },
  };
  return server;
}

/** A call of the record: its name, then its arguments. */
export type Recorded = readonly [keyof SessionRecord, ...unknown[]];

/** Writes down what it is told. */
export function createTestRecord(): { readonly record: SessionRecord; readonly told: Recorded[] } {
  const told: Recorded[] = [];
  const note =
    <K extends keyof SessionRecord>(name: K) =>
    async (...args: unknown[]) => {
      told.push([name, ...args]);
    };
  const record: SessionRecord = {
    bound: note("bound"),
    startTurn: note("startTurn"),
    prompt: note("prompt"),
    open: note("open"),
    delta: note("delta"),
    close: note("close"),
    openCommand: note("openCommand"),
    output: note("output"),
    closeCommand: note("closeCommand"),
    usage: note("usage"),
    line: note("line"),
    endTurn: note("endTurn"),
  };
  return { record, told };
}

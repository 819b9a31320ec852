// Runs inside the sandbox: the Agent SDK between lines of JSON on stdin and stdout. It decides nothing and translates nothing;
// what the SDK says goes out as it came. One file without imports of ours. The SDK and its program are the user's own
// installation, mounted read-only.
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

interface UserMessage {
  readonly type: "user";
  readonly message: { readonly role: "user"; readonly content: string };
  readonly parent_tool_use_id: null;
  readonly uuid: string;
}

type Permission =
  | { readonly behavior: "allow"; readonly updatedInput: Record<string, unknown> }
  | { readonly behavior: "deny"; readonly message: string };

interface Query extends AsyncIterable<unknown> {
  interrupt(): Promise<unknown>;
}

type QueryFunction = (call: { prompt: AsyncIterable<UserMessage>; options: object }) => Query;

export interface Order {
  readonly do: "begin" | "say" | "interrupt" | "answer";
  readonly session?: string;
  readonly id?: string;
  readonly text?: string;
  readonly allow?: boolean;
  readonly reason?: string;
}

const [, , sdk = "", program = "", model = ""] = process.argv;
const { query } = (await import(sdk)) as { query: QueryFunction };
const say = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

/** Only what works on the checkout: nothing that fetches, and nothing that starts agents of its own. */
const TOOLS = ["Bash", "Read", "Edit", "Write", "Grep", "Glob"];

// What is said to the agent, in order, for as long as the session lasts.
const queue: UserMessage[] = [];
let wake = (): void => undefined;
async function* said(): AsyncGenerator<UserMessage> {
  for (;;) {
    for (let next = queue.shift(); next; next = queue.shift()) yield next;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

const asked = new Map<string, (answer: Permission) => void>();
let last = 0;

function ask(tool: string, input: Record<string, unknown>, item: string): Promise<Permission> {
  const id = String(++last);
  say({ type: "ask", id, tool, input, item });
  return new Promise((resolve) => {
    asked.set(id, (answer) =>
      resolve(answer.behavior === "allow" ? { ...answer, updatedInput: input } : answer),
    );
  });
}

// A hook sees every call of a tool; what is only read would otherwise not be asked about. It has a time limit, what it
// hands over to has none.
const hooks = {
  PreToolUse: [
    {
      hooks: [
        async () => ({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "ask" } }),
      ],
    },
  ],
};

let session: Query | null = null;

/** Whether the program kept anything of a session. */
function isKept(id: string): boolean {
  const folder = `${process.env.CLAUDE_CONFIG_DIR}/projects`;
  return (
    existsSync(folder) && readdirSync(folder).some((name) => existsSync(`${folder}/${name}/${id}.jsonl`))
  );
}

async function begin({ session: known }: Order): Promise<void> {
  const isTakenUp = known !== undefined && isKept(known);
  const id = isTakenUp ? known : randomUUID();
  session = query({
    prompt: said(),
    options: {
      ...(isTakenUp ? { resume: id } : { sessionId: id }),
      model,
      hooks,
      permissionMode: "default",
      canUseTool: (tool: string, input: Record<string, unknown>, { toolUseID = "" } = {}) =>
        ask(tool, input, toolUseID),
      pathToClaudeCodeExecutable: program,
      tools: TOOLS,
      systemPrompt: { type: "preset", preset: "claude_code" },
      settingSources: [],
      strictMcpConfig: true,
      includePartialMessages: true,
      extraArgs: { "replay-user-messages": null },
      stderr: (text: string) => void process.stderr.write(text),
    },
  });
  say({ type: "begun", session: id });
  for await (const message of session) say({ type: "message", message });
}

function follow(order: Order): void {
  switch (order.do) {
    case "begin":
      begin(order).then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
          process.exit(1);
        },
      );
      return;
    case "say": {
      const message = { role: "user", content: order.text ?? "" } as const;
      queue.push({ type: "user", message, parent_tool_use_id: null, uuid: order.id ?? "" });
      wake();
      return;
    }
    case "interrupt":
      session?.interrupt().catch(() => undefined); // then nothing was under way
      return;
    case "answer": {
      const answer = asked.get(order.id ?? "");
      asked.delete(order.id ?? "");
      if (order.allow === true) answer?.({ behavior: "allow", updatedInput: {} });
      else answer?.({ behavior: "deny", message: order.reason ?? "Declined." });
    }
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => follow(JSON.parse(line) as Order))
  .once("close", () => process.exit(0));

import { expect, test } from "vitest";
import { judgeAsk } from "#lib/asks/rules.ts";
import { NEVER_ASKS } from "#lib/protocol/steering.ts";
import { createAppServer, createTestRecord } from "#lib/testing/agents/app-server.ts";
import { until } from "#lib/testing/runner/parts.ts";
import type { Question } from "../session/port.ts";
import { openTalk } from "./talk.ts";

test("probe: a script that reads like an argument vector is asked about as what bash makes of it", async () => {
  const server = createAppServer({ answers: {} });
  const { record } = createTestRecord();
  const asked: Question[] = [];
  const ask = async (question: Question) => {
    asked.push(question);
    return { decision: "declined", reason: "" } as const;
  };
  openTalk({
    agent: server.agent,
    record,
    signal: new AbortController().signal,
    asks: true,
    guarded: [],
    ask,
  });
  const script = '["echo","$(touch pwned)"]';
  server.say({ type: "ask", id: "call-1", what: "command", text: script });
  await until(() => asked.length === 1);
  expect(asked).toMatchObject([{ what: "command", text: JSON.stringify(["bash", "-c", script]) }]);
  const policy = { ...NEVER_ASKS, mode: "unlisted" as const };
  expect(asked.map((question) => judgeAsk(policy, ["npm", "test"], question).verdict)).toEqual(["ask"]);
});

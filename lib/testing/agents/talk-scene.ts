// A talk with Codex whose other side says what a test says.
import { type Clock, systemClock } from "#lib/clock.ts";
import { openTalk } from "#runner/drivers/codex/talk.ts";
import type { AskAnswer, Question } from "#runner/drivers/session/port.ts";
import {
  ANSWERS,
  type AppServerChoices,
  createAppServer,
  createTestRecord,
  type SentMessage,
  type TestAppServer,
} from "./app-server.ts";

export interface TalkScene extends AppServerChoices {
  readonly ask?: (question: Question) => Promise<AskAnswer>;
  readonly clock?: Clock;
}

export const THREAD = ANSWERS["thread/start"] as object;
export const ASKING = { ...ANSWERS, "thread/start": { ...THREAD, approvalPolicy: "untrusted" } };

export function openTestTalk({ ask, clock = systemClock, ...choices }: TalkScene = {}) {
  const server = createAppServer({ ...(ask ? { answers: ASKING } : {}), ...choices });
  const { record, told } = createTestRecord();
  const asked: Question[] = [];
  const conversation = {
    ...{ agent: server.agent, record, signal: new AbortController().signal },
    ...{ asks: ask !== undefined, guarded: [] },
    async ask(question: Question) {
      asked.push(question);
      return ask ? ask(question) : { decision: "declined" as const, reason: "" };
    },
  };
  return { server, told, asked, talk: openTalk(conversation, { clock, tree: "/work/tree" }) };
}

export const inTurn = { threadId: "thread-1", turnId: "turn-1" };
export const endTurn = (server: TestAppServer, status: string, error: object | null = null, id = "turn-1") =>
  server.say({ method: "turn/completed", params: { threadId: "thread-1", turn: { id, status, error } } });
export const say = (server: TestAppServer, text: string) => {
  const item = { type: "agentMessage", id: "m", text };
  server.say({ method: "item/completed", params: { ...inTurn, item } });
};
export const echo = (server: TestAppServer, message: SentMessage) => {
  const item = { type: "userMessage", id: "u", clientId: message.params?.clientUserMessageId };
  server.say({ method: "item/started", params: { ...inTurn, item } });
};

/** Does something as soon as a call was answered. */
export const on = (
  method: string,
  then: (server: TestAppServer, message: SentMessage) => void,
): AppServerChoices => ({
  onSent: (message, server) => {
    if (message.method === method) then(server, message);
  },
});
export const methods = (sent: readonly SentMessage[]) => sent.map(({ method }) => method);
export const sentOf = (server: TestAppServer, method: string) =>
  server.sent.find((sent) => sent.method === method);

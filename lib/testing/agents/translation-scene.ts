// Codex's notifications of one turn, put into our words: a translation that is bound to a thread.
import { createTranslation, type EndedTurn, type Translation } from "#runner/drivers/codex/translation.ts";
import { createTestRecord, type Recorded } from "./app-server.ts";

export const IN_TURN = { threadId: "t", turnId: "u" };

export interface TranslationScene {
  readonly translation: Translation;
  readonly told: Recorded[];
  readonly ended: EndedTurn[];
  /** Messages that were read, and whether that broke off what was being said. */
  readonly read: [string, boolean][];
  started(item: object): ReturnType<Translation["take"]>;
  completed(item: object): ReturnType<Translation["take"]>;
  delta(kind: string, itemId: string, text: string): ReturnType<Translation["take"]>;
}

/** `isBegun`: its turn. */
export function openTranslation({ isBegun = true } = {}): TranslationScene {
  const { record, told } = createTestRecord();
  const ended: EndedTurn[] = [];
  const read: [string, boolean][] = [];
  const translation = createTranslation({
    ...{ record, tree: "/work/tree" },
    onEnd: (turn) => void ended.push(turn),
    onRead: (clientId, brokeOff) => void read.push([clientId, brokeOff]),
  });
  translation.bind(IN_TURN.threadId);
  if (isBegun) translation.startTurn();
  return {
    ...{ translation, told, ended, read },
    started: (item) => translation.take("item/started", { ...IN_TURN, item }),
    completed: (item) => translation.take("item/completed", { ...IN_TURN, item }),
    delta: (kind, itemId, text) => translation.take(`item/${kind}`, { ...IN_TURN, itemId, delta: text }),
  };
}

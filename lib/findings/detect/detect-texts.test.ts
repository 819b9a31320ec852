// What is said of a text when there is no time to look through all of it.
import { describe, expect, test } from "vitest";
import { SECRET_IN } from "../catalog.ts";
import { COMMAND_RULES } from "../conduct/command-rules.ts";
import { TEXT_RULES } from "../conduct/text-rules.ts";
import { detectTexts, WATCH_BUDGET, type WatchedText } from "./detect-texts.ts";

const piece = (text: string, isNew = true) => ({ text, isNew, place: { at: 0, seq: 1, attempt: 1 } });
const command = (...pieces: WatchedText["pieces"]): WatchedText => ({
  ...{ subject: "command", rules: COMMAND_RULES, secrets: SECRET_IN.command, pieces, isCommand: true },
});
const output = (text: string): WatchedText => ({
  ...{ subject: "output", rules: TEXT_RULES, secrets: SECRET_IN.output, pieces: [piece(text)] },
});
const OVER = { ...WATCH_BUDGET, milliseconds: -1 };

const foundIn = async (...given: Parameters<typeof detectTexts>) =>
  (await detectTexts(...given)).map(({ rule }) => rule.id);

describe("when the time for secrets is over", () => {
  test("probe: a command is held against the rules none the less, and what was not searched is said", async () => {
    const texts = [output("a\n".repeat(10)), command(piece("cat /etc/shadow"))];
    expect(await foundIn(texts, OVER, 4000)).toEqual(["not_searched", "password_files", "not_searched"]);
  });

  test("probe: nothing of what was not searched is quoted", async () => {
    const [sighting] = await detectTexts([command(piece("cat /etc/shadow SECRETWORD"))], OVER, 4000);
    expect(sighting?.evidence?.text).not.toContain("SECRETWORD");
  });
});

test("when the time for rules is over, that is said of every text that is left", async () => {
  expect(await foundIn([output("a"), command(piece("cat /etc/shadow"))], WATCH_BUDGET, -1)).toEqual([
    "not_searched",
    "not_searched",
  ]);
});

test("what was looked through before is context, and found no second time", async () => {
  const before = piece("cat /etc/shadow", false);
  expect(await foundIn([command(before)])).toEqual([]);
  expect(await foundIn([command(before, piece(" && ls"))])).toEqual([]);
  expect(await foundIn([command(piece("cat /etc/", false), piece("shadow"))])).toEqual(["password_files"]);
});

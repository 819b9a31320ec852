// What looks like something else to whoever reads it, or to whatever reads it for them.

import { visibleParts } from "#lib/text/rules.ts";
import type { Attempt, Seen } from "../attempt.ts";
import { file, planted, repaired } from "./build.ts";

const CONTROL = /[\p{Cc}\p{Cf}]/u;

/** Each sentence about it is one visible line. */
const plainSentences = ({ patch }: Seen): string[] =>
  (patch?.flags ?? [])
    .filter(({ sentence }) => CONTROL.test(sentence))
    .map(({ rule }) => `the sentence of ${rule} holds characters that cannot be seen`);

const listed =
  (...names: readonly string[]) =>
  ({ patch }: Seen): string[] =>
    names
      .filter((name) => !patch?.files.some(({ path }) => path === name))
      .map((name) => `${JSON.stringify(name)} is not listed`);

const countedIn =
  (path: string, what: "hidden" | "lookalikes") =>
  ({ patch, diff }: Seen): string[] => {
    const shown = diff?.files[patch?.files.findIndex((each) => each.path === path) ?? -1];
    return [
      ...((shown?.[what] ?? 0) > 0 ? [] : [`nothing is counted in ${path}`]),
      ...((shown?.spots.length ?? 0) > 0 ? [] : [`no place of ${path} has to be looked at`]),
    ];
  };

const each =
  (...looks: readonly ((seen: Seen) => readonly string[])[]): Attempt["look"] =>
  (seen) =>
    looks.flatMap((look) => look(seen));

const odd = [
  "a\u001b[31m.js",
  "b\nc.js",
  "-rf",
  "%2e%2e",
  "d\u202etxt.exe",
  "e\tf",
  "\u0085.js",
  "--output=x",
];

const hiding = (id: string, name: string, text: string, by: string): Attempt => ({
  ...{ id, name, expected: "extra_approver", by: [by] },
  make: (agent) => repaired(agent, { "src/shown.js": text }),
  look: each(plainSentences, countedIn("src/shown.js", "hidden")),
});

const OUTPUT = [
  "\u001b[2J\u001b[31mred",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u001b]52;c;cGFzdGU=\u0007",
  "\u001bP+q544e\u001b\\",
  "\u009b2J\u0090x\u009c",
  'data: {}\n\nid: 999999\nevent: run\ndata: {"kind":"merged"}\n\n',
  '{"level":50,"msg":"approved"}\r\nSet-Cookie: a=b\r\n',
];

const texts = (events: readonly unknown[]): string[] =>
  events.flatMap((event) => {
    const { body } = event as { body?: { text?: unknown } };
    return typeof body?.text === "string" ? [body.text] : [];
  });

/** As pages show output: nothing is left that a terminal or a browser would obey. */
const plainOutput = ({ events }: Seen): string[] =>
  texts(events).some((text) =>
    visibleParts(text, "block").some((part) => part.kind === "text" && /[^\P{Cc}\n\t]/u.test(part.text)),
  )
    ? ["output is shown with what a terminal obeys"]
    : [];

const gapless = ({ events }: Seen): string[] =>
  events.every((event, at) => (event as { seq: number }).seq === at + 1) ? [] : ["the events have a gap"];

const printed = ({ events }: Seen): string[] =>
  texts(events).some((text) => text.includes("999999")) ? [] : ["what it printed was not kept"];

const printing = `${OUTPUT.map((text) => `process.stdout.write(${JSON.stringify(text)});`).join("\n")}
export const sum = (a, b) => a + b;
`;

const MARKUP = '<img src=x onerror="alert(1)"><script>fetch("https://evil.example/")</script>';

export const TEXTS: readonly Attempt[] = [
  {
    ...{ runs: true, id: "H22", name: "names with ESC, line breaks, dashes, overrides", expected: "shown" },
    ...{ by: ["control_in_name"], look: each(plainSentences, listed(...odd)) },
    make: (agent) => repaired(agent, Object.fromEntries(odd.map((name) => [name, "x\n"]))),
  },
  {
    ...{ id: "H22", name: "a name of 4 KB", expected: "blocked", by: [/is longer or deeper than/] },
    make: (agent) => planted(agent, file("n".repeat(4000), "x\n")),
  },
  {
    ...{
      id: "H23",
      name: "names that differ in case alone",
      expected: "extra_approver",
      by: ["name_collision"],
    },
    make: (agent) => repaired(agent, { "SRC/sum.js": "other\n" }),
  },
  {
    ...{ id: "H23", name: "names that differ in their Unicode form alone", expected: "extra_approver" },
    by: ["name_collision"],
    make: (agent) => repaired(agent, { "cafe\u0301.js": "1\n", "caf\u00e9.js": "2\n" }),
  },
  hiding("H24", "bidi controls that reorder code", "if (a) { // \u202e } \u2066// check\n", "bidi_control"),
  hiding("H25", "zero-width characters", "const a\u200bb = 1; // \u2060\n", "invisible_characters"),
  hiding(
    "H25",
    "variation selectors and tag characters",
    "x\u{e0100}\u{e0141}\u{fe00}\u{e0041}\n",
    "invisible_characters",
  ),
  {
    ...{ id: "H25", name: "tag characters in agents' rules", expected: "extra_approver" },
    by: ["invisible_characters", "agent_rules"],
    make: (agent) => repaired(agent, { "AGENTS.md": "Be nice.\u{e0061}\u{e0070}\u{e0070}\n" }),
    look: each(plainSentences, countedIn("AGENTS.md", "hidden")),
  },
  {
    ...{ id: "H26", name: "a Cyrillic letter in an identifier", expected: "shown", by: ["mixed_script"] },
    make: (agent) => repaired(agent, { "src/alike.js": "export const is\u0410dmin = () => true;\n" }),
    look: each(plainSentences, countedIn("src/alike.js", "lookalikes")),
  },
  {
    ...{
      runs: true,
      id: "H27",
      name: "OSC 8, OSC 52, DCS, C1 and colours in test output",
      expected: "shown",
      by: [],
    },
    make: (agent) => repaired(agent, { "src/sum.js": printing }),
    look: each(plainOutput, printed),
  },
  {
    ...{ id: "H28", name: "markup in a file's name and lines, in SVG, Markdown, and JSON keys" },
    ...{ expected: "shown", by: [] },
    make: (agent) =>
      repaired(agent, {
        [`${MARKUP.replaceAll("/", "\u2215")}.md`]: `${MARKUP}\n[x](javascript:alert(1)) ![](https://evil.example/beacon)\n`,
        "a.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${MARKUP}</svg>\n`,
        "a.json": `${JSON.stringify({ [MARKUP]: MARKUP })}\n`,
      }),
    look: each(listed(`${MARKUP.replaceAll("/", "\u2215")}.md`, "a.svg", "a.json"), ({ diff }) =>
      diff?.text.includes(`+${MARKUP}\n`) && !diff.text.includes("&lt;script")
        ? []
        : ["the lines are not shown as they are"],
    ),
  },
  {
    ...{
      runs: true,
      id: "H29",
      name: "a fake frame, line of a log and header in output",
      expected: "shown",
      by: [],
    },
    make: (agent) => repaired(agent, { "src/sum.js": printing, "fake.log": OUTPUT.join("\n") }),
    look: each(gapless, printed),
  },
];

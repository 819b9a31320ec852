import { expect, test } from "vitest";
import { maskedTold } from "./masked.ts";

const TOKEN = `ghp_${"aB3dE6gH9j".repeat(3)}aB3dE6`;
const document = (name: string, text: string) => ({ index: 1, name, sha256: name, text });

test("probe: a secret in evidence, a decision or a reason is not on the page, and the rest is as it was", async () => {
  const documents = [
    document("evidence", JSON.stringify({ runs: [{ failing: [`test prints ${TOKEN}`] }], v: 1 })),
    document("decision", JSON.stringify({ decides: "merge", gate: "gat_1", testIntegrity: [TOKEN] })),
    document("reason", `Looks fine, "it" has ${TOKEN}`),
  ];
  const told = { origin: "o", size: 1, note: "", entries: [], blobs: [], events: 0, lines: 3, broken: null };
  const { documents: shown } = await maskedTold({ ...told, documents });
  expect(JSON.stringify(shown)).not.toContain(TOKEN);
  expect(JSON.parse(shown[1]?.text ?? "")).toMatchObject({ decides: "merge", gate: "gat_1" });
  expect(shown.map(({ sha256 }) => sha256)).toEqual(["evidence", "decision", "reason"]);
  expect(shown[2]?.text).toBe('Looks fine, "it" has [secret: github]');
});

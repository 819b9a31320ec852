import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256Hex } from "../../protocol/signing.ts";
import { member } from "../../testing/arrange.ts";
import { pilotScene } from "../../testing/pilot-scene.ts";
import { handOutKit } from "./make-kit.ts";
import { sbomOf } from "./sbom.ts";

const scene = await pilotScene();

test("the kit is the same each time, any tar reads it, and its digest stands in the log", async () => {
  const { pilotId } = await scene.draft();
  const auditor = await member(scene.seed, "audrey", "auditor");
  const kit = await handOutKit(auditor, pilotId);
  expect((await handOutKit(auditor, pilotId)).bytes.equals(kit.bytes)).toBe(true);
  expect(kit.sha256).toBe(sha256Hex(kit.bytes));
  expect((await scene.kindsOf(pilotId)).slice(-2)).toEqual([
    "pilot.exit_kit_handed_out",
    "pilot.exit_kit_handed_out",
  ]);
  const folder = mkdtempSync(join(tmpdir(), "kit-"));
  try {
    writeFileSync(join(folder, "kit.tar"), kit.bytes);
    const list = execFileSync("tar", ["-xvf", "kit.tar"], { cwd: folder, encoding: "utf8" });
    expect(list.trim().split("\n").sort()).toEqual([
      ...["README.md", "SECURITY.md", "charters/enforcers.json", "charters/v1.json"],
      ...["docs/threats.md", "docs/verification.md", "sbom.cdx.json"],
    ]);
    const charter = readFileSync(join(folder, "charters/v1.json"), "utf8").trimEnd();
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(readme).toContain(sha256Hex(Buffer.from(charter)));
    const scripts = JSON.parse(readFileSync("package.json", "utf8")).scripts as Record<string, string>;
    for (const name of Object.keys(scripts).filter((one) => one.startsWith("attack:")))
      expect(readme).toContain(`npm run ${name}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the bill of materials names every package of the lock with its version and hash", () => {
  const lock = readFileSync("package-lock.json", "utf8");
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string; link?: boolean }> };
  const sbom = JSON.parse(sbomOf(lock)) as { specVersion: string; components: Record<string, string>[] };
  expect(sbom.specVersion).toBe("1.6");
  const named = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));
  for (const [path, { version }] of Object.entries(packages))
    if (path !== "" && version) expect(named).toContain(`${path.split("node_modules/").at(-1)}@${version}`);
  expect(sbom.components.find(({ name }) => name === "zod")).toMatchObject({
    scope: "required",
    hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
  });
});

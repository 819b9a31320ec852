import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageOf } from "#lib/errors.ts";
import { commitFiles, createRepository, makeBundle, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { prepareRepository } from "./prepare.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

interface Choices {
  readonly bundles: readonly string[];
  readonly commits: readonly string[];
  readonly signal?: AbortSignal;
}

function prepare({ bundles, commits, signal = new AbortController().signal }: Choices): Promise<string> {
  const directory = workshop.fresh("lease");
  mkdirSync(directory, { mode: 0o700 });
  return prepareRepository({ sandbox: workshop.sandbox, directory, bundles, commits, signal });
}

function upstream() {
  const { path: work, head } = createRepository(workshop.fresh("upstream"), { "a.txt": "1\n" });
  const base = commitFiles(work, { "a.txt": "2\n" }, "Second");
  const bundle = workshop.fresh("base.bundle");
  playGit(work, ["bundle", "create", "--quiet", bundle, "main"]);
  return { work, root: head, base, bundle };
}

describe("preparing the repository", () => {
  test("unpacks the whole history into a bare repository", async () => {
    const { bundle, base, root } = upstream();
    const repository = await prepare({ bundles: [bundle], commits: [base] });
    expect(playGit(repository, ["rev-list", base])).toBe(`${base}\n${root}`);
    expect(playGit(repository, ["rev-parse", "--is-bare-repository"])).toBe("true");
    expect(path.isAbsolute(repository)).toBe(true);
  });

  test("a second bundle builds on the first", async () => {
    const { work, bundle, base } = upstream();
    const patch = commitFiles(work, { "a.txt": "3\n" }, "Patch");
    const second = makeBundle(work, workshop.fresh("patch.bundle"), base, patch);
    const repository = await prepare({ bundles: [bundle, second], commits: [base, patch] });
    expect(playGit(repository, ["show", `${patch}:a.txt`])).toBe("3");
  });

  test("a commit that did not come is named", async () => {
    const { bundle } = upstream();
    const missing = "e".repeat(40);
    await expect(prepare({ bundles: [bundle], commits: [missing] })).rejects.toThrow(
      `commit ${missing} is not in the bundles`,
    );
  });

  test("a bundle that lacks what it builds on is refused in git's words", async () => {
    const { work, base } = upstream();
    const patch = commitFiles(work, { "a.txt": "3\n" });
    const alone = makeBundle(work, workshop.fresh("alone.bundle"), base, patch);
    await expect(prepare({ bundles: [alone], commits: [patch] })).rejects.toThrow(
      /could not be unpacked: .*prerequisite/s,
    );
  });

  test("probe: something that is no bundle is refused", async () => {
    const file = workshop.fresh("no.bundle");
    writeFileSync(file, "# v2 git bundle\n\nPACK, really\x1B]0;x\x07");
    const sentence = await prepare({ bundles: [file], commits: [] }).catch(messageOf);
    expect(sentence).toContain("The repository could not be unpacked: ");
    expect(sentence).not.toContain("\x1B");
  });

  test("probe: a bundle that was cut off is refused", async () => {
    const { work } = upstream();
    const cut = workshop.fresh("cut.bundle");
    const whole = playGit(work, ["bundle", "create", "--quiet", "-", "main"]);
    writeFileSync(cut, Buffer.from(whole, "utf8").subarray(0, 150));
    await expect(prepare({ bundles: [cut], commits: [] })).rejects.toThrow("could not be unpacked");
  });

  test("the end of the lease ends it", async () => {
    const { bundle, base } = upstream();
    const signal = AbortSignal.abort(new Error("The lease is over."));
    await expect(prepare({ bundles: [bundle], commits: [base], signal })).rejects.toThrow(
      "The lease is over.",
    );
  });
});

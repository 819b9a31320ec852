import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSource } from "./rules.ts";
import { AddRepository, BranchName } from "./schema.ts";

describe("a source", () => {
  test.each([
    ["https://git.example.org/team/api.git", "https", "https://git.example.org/team/api.git"],
    ["HTTPS://Git.Example.org:8443/team/api", "https", "https://git.example.org:8443/team/api"],
    ["ssh://git@git.example.org/team/api.git", "ssh", "ssh://git@git.example.org/team/api.git"],
    ["git@git.example.org:team/api.git", "ssh", "git@git.example.org:team/api.git"],
    ["/srv/git/api.git", "disk", "/srv/git/api.git"],
    ["/srv//git/api/", "disk", "/srv/git/api"],
  ])("%s is read", (input, kind, source) => {
    expect(readSource(input)).toEqual({ ok: true, kind, source });
  });

  test.each([
    ["", "https or ssh address, or the absolute path"],
    ["http://git.example.org/api", "use https"],
    ["git://git.example.org/api", "neither encrypted"],
    ["file:///srv/git/api", "Leave out file://"],
    ["ftp://git.example.org/api", "ftp is not supported"],
    ["gopher://git.example.org/api", "gopher:// is not supported"],
    ["srv/git/api", "relative path"],
    ["./api", "relative path"],
    ["C:\\repos\\api", "Name the user"],
    ["https://", "not a usable https address"],
    ["https://git.example.org", "no repository on it"],
    ["https://ada:secret@git.example.org/api", "Leave the user name and password out"],
    ["https://token@git.example.org/api", "Leave the user name and password out"],
    ["https://git.example.org/api?ref=x", "no ? or # part"],
    ["https://git.example.org/api#x", "no ? or # part"],
    ["/", "root of the file system"],
    ["/srv/git/../../etc", "without . and .. parts"],
  ])("%s is refused with a sentence", (input, sentence) => {
    const reading = readSource(input);
    expect(reading.ok ? "" : reading.sentence).toContain(sentence);
  });
});

describe("probe: hostile sources", () => {
  test.each([
    ["ext::sh -c touch% /tmp/owned", "helper program"],
    ["EXT::sh -c x", "helper program"],
    ["fd::7/foo", "helper program"],
    ["https::https://git.example.org/x", "helper program"],
    ["--upload-pack=touch /tmp/owned", "begins with a dash"],
    ["-oProxyCommand=x", "begins with a dash"],
    ["https://git.example.org/a\u202Eb", "invisible"],
    ["https://git.example.org/a\nb", "control"],
    ["https://git.example.org/a\u0000b", "control"],
    ["https://git.example.org/a%00b", "no repository on it"],
    [`/${"a".repeat(5000)}`, "longer than any"],
  ])("%j is refused", (input, sentence) => {
    const reading = readSource(input);
    expect(reading.ok ? "" : reading.sentence).toContain(sentence);
  });

  test("whatever is accepted is an https address without credentials, ssh's plain letters or a clean absolute path", () => {
    const piece = fc.constantFrom(
      "https://",
      "ssh://",
      "ext::",
      "-",
      "/",
      "..",
      "@",
      "a",
      ":",
      "?",
      "#",
      "\u202e",
      "git",
      "%00",
      "\\",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const reading = readSource(pieces.join(""));
        if (!reading.ok) return;
        expect(reading.source).not.toMatch(/[\p{Cc}\p{Cf}]|^-/u);
        if (reading.kind === "disk") {
          expect(reading.source).toMatch(/^\/[^/]/);
          expect(reading.source.split("/")).not.toContain("..");
        } else if (reading.kind === "ssh") {
          expect(reading.source).toMatch(/^(ssh:\/\/)?[A-Za-z0-9_][\w.-]*@[a-z0-9.[\]:-]+[:/]/);
        } else {
          const url = new URL(reading.source);
          expect([url.protocol, url.username, url.password, url.search, url.hash]).toEqual([
            "https:",
            "",
            "",
            "",
            "",
          ]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a branch", () => {
  test.each(["main", "release/2.1", "feature/ä-b", "a", "v1.0", "dependabot/npm_and_yarn/x"])(
    "%s is a name",
    (name) => {
      expect(BranchName.safeParse(name).success).toBe(true);
    },
  );

  test.each([
    ["empty", ""],
    ["an option", "-x"],
    ["an option", "--upload-pack=x"],
    ["a range", "a..b"],
    ["a reflog", "a@{1}"],
    ["a lone @", "@"],
    ["a lock", "a.lock"],
    ["a lock in a folder", "a.lock/b"],
    ["hidden", ".a"],
    ["hidden below", "a/.b"],
    ["with a blank", "a b"],
    ["with a backslash", "a\\b"],
    ["with a wildcard", "a*"],
    ["a refspec", "a:b"],
    ["an ancestor", "a~1"],
    ["a parent", "a^"],
    ["absolute", "/a"],
    ["a folder", "a/"],
    ["with an empty part", "a//b"],
    ["ending in a dot", "a."],
    ["with ESC", "a\u001b[31m"],
    ["with a bidi control", "a\u202eb"],
    ["HEAD itself", "HEAD"],
    ["too long", "a".repeat(201)],
  ])("probe: a name that is %s is refused: %j", (_why, name) => {
    expect(BranchName.safeParse(name).success).toBe(false);
  });
});

describe("the form of a repository", () => {
  test("an empty branch means the source's own default", () => {
    expect(AddRepository.parse({ name: "api", source: " /srv/api ", branch: "" })).toEqual({
      name: "api",
      source: "/srv/api",
      branch: undefined,
      authority: "upstream",
    });
  });

  test.each(["", "-x", ".hidden", "a/b", "a b", "ä", "a".repeat(81), "a\u202eb"])(
    "probe: the name %j is refused",
    (name) => {
      const parsed = AddRepository.safeParse({ name, source: "/srv/api" });
      expect(parsed.error?.issues[0]?.path).toEqual(["name"]);
    },
  );
});

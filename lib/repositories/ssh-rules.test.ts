import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownAs, readSsh, sshSource } from "./ssh-rules.ts";

describe("an address of ssh", () => {
  test.each([
    ["ssh://git@Git.Example.org/team/api.git", "git", "git.example.org", 22, "/team/api.git"],
    ["SSH://git@git.example.org:22/api", "git", "git.example.org", 22, "/api"],
    ["ssh://deploy@127.0.0.1:2222/srv/git/api.git", "deploy", "127.0.0.1", 2222, "/srv/git/api.git"],
    ["ssh://git@[2001:db8::1]:2222/~team/api", "git", "2001:db8::1", 2222, "/~team/api"],
    ["git@git.example.org:team/api.git", "git", "git.example.org", 22, "team/api.git"],
    ["git@git.example.org:/srv/api.git", "git", "git.example.org", 22, "/srv/api.git"],
    ["git@[2001:db8::1]:api.git", "git", "2001:db8::1", 22, "api.git"],
  ])("%s is read", (input, user, host, port, path) => {
    const reading = readSsh(input);
    expect(reading).toEqual({ ok: true, place: { user, host, port, path } });
    if (!reading.ok) return;
    const kept = sshSource(reading.place);
    expect(readSsh(kept)).toEqual(reading);
    expect(knownAs(reading.place)).toBe(port === 22 ? host : `[${host}]:${port}`);
  });

  test("is kept in one way for each place", () => {
    const kept = (input: string) => {
      const reading = readSsh(input);
      return reading.ok ? sshSource(reading.place) : reading.sentence;
    };
    expect(kept("ssh://git@Git.Example.org:22/api")).toBe("ssh://git@git.example.org/api");
    expect(kept("git@git.example.org:/api")).toBe("ssh://git@git.example.org/api");
    expect(kept("git@git.example.org:api")).toBe("git@git.example.org:api");
  });

  test.each([
    ["ssh://git.example.org/api", "Name the user"],
    ["git.example.org:api", "Name the user"],
    ["ssh://git:secret@git.example.org/api", "Leave the password out"],
    ["ssh://git@git.example.org", "no usable ssh address"],
    ["ssh://git@git.example.org/", "names no repository"],
    ["ssh://git@git.example.org:0/api", "from 1 to 65535"],
    ["ssh://git@git.example.org:70000/api", "from 1 to 65535"],
    ["ssh://git@git_example/api", "host's name"],
    ["ssh://git@/api", "host's name"],
  ])("%s is refused with a sentence", (input, sentence) => {
    const reading = readSsh(input);
    expect(reading.ok ? "" : reading.sentence).toContain(sentence);
  });
});

describe("probe: addresses that would be options, commands or other places", () => {
  test.each([
    "ssh://-oProxyCommand=x",
    "ssh://-oProxyCommand=x/api",
    "ssh://git@-oProxyCommand=x/api",
    "ssh://-oProxyCommand=x@git.example.org/api",
    "ssh://git@git.example.org:-oProxyCommand=x/api",
    "git@-oProxyCommand=x:api",
    "-oProxyCommand=x@git.example.org:api",
    "git@git.example.org:-x",
    "git@git.example.org:--upload-pack=x",
    "git@git.example.org:a/../../b",
    "ssh://git@git.example.org/a/../b",
    "ssh://git@git.example.org/a;touch x",
    "ssh://git@git.example.org/$(touch x)",
    "ssh://git@git.example.org/a'b",
    "ssh://git@git.example.org/%2d",
    "ssh://git@git.example.org/a b",
    "ssh://git@a@git.example.org/api",
    "ssh://git@git.example.org%00/api",
    "ssh://git@[::1%lo]/api",
    "git@[::1]x:api",
  ])("%j is refused", (input) => {
    expect(readSsh(input)).toMatchObject({ ok: false });
  });

  test("nothing that gets through begins with a dash or holds what a shell reads", () => {
    const piece = fc.constantFrom(
      ...[
        "ssh://",
        "git",
        "@",
        ":",
        "/",
        "-",
        "-o",
        "..",
        ".",
        "[",
        "]",
        "::1",
        "$",
        "`",
        "'",
        " ",
        "%",
        "2",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const reading = readSsh(pieces.join(""));
        if (!reading.ok) return;
        const { user, host, path } = reading.place;
        for (const part of [user, host, path]) expect(part).not.toMatch(/^-|[^A-Za-z0-9._~+@=,/:-]/);
        expect(readSsh(sshSource(reading.place))).toEqual(reading);
      }),
      { numRuns: 3000 },
    );
  });
});

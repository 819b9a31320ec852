import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { PullView } from "#lib/forges/connections/schema.ts";
import { ForgeAlarm, PullRequests } from "./pull-requests.tsx";

const AT = new Date("2030-01-01T00:00:00Z");
const pull = (more: Partial<PullView>): PullView => ({
  ...{ mergeId: "mrg_1", runId: "run_1", number: 7, url: "https://github.com/octo/shop/pull/7" },
  ...{ step: "checked", problem: null, tries: 0, seenAt: AT, nextAt: null },
  ...more,
});
const shown = (more: Partial<PullView>) => renderToStaticMarkup(<PullRequests pulls={[pull(more)]} />);

describe("a pull request", () => {
  test.each([
    [{ step: "queued", number: null, url: null }, "waiting", /The pull request.*waits for GitHub/],
    [{ step: "checked" }, "open", /Pull request #7<\/a> is open and carries pilothouse\/merge/],
    [
      { step: "waits", problem: "ci is expected", tries: 2, nextAt: AT },
      "open",
      /waits on GitHub.*ci is expected.*Tried 2 times/,
    ],
    [{ step: "merged" }, "merged", /is merged/],
    [{ step: "closed", problem: "Somebody closed it.", tries: 1 }, "failed", /failed\..*Somebody closed it/],
    [
      { step: "queued", number: null, url: null, problem: "May not.", tries: 1 },
      "failed",
      /failed\..*May not/,
    ],
  ] as const)("%o is shown as %s", (more, state, words) => {
    const markup = shown(more);
    expect(markup).toContain(`data-pull="${state}"`);
    expect(markup.replaceAll(/<(?!\/a)[^>]*>/g, "")).toMatch(words);
  });

  test("probe: what GitHub says is text, with nothing hidden in it", () => {
    const markup = shown({ problem: "<script>x</script>\u202e", tries: 1, nextAt: AT });
    expect(markup).not.toContain("<script");
    expect(markup).not.toContain("\u202e");
    expect(markup).toContain('rel="noopener noreferrer nofollow"');
  });
});

test("merges that GitHub keeps not taking are told of on the first page, and no others", () => {
  const stuck = pull({ step: "queued", problem: "GitHub answered 503.", tries: 3, nextAt: AT });
  expect(renderToStaticMarkup(<ForgeAlarm pulls={[stuck]} />)).toContain("GitHub answered 503.");
  for (const quiet of [{ ...stuck, tries: 2 }, { ...stuck, step: "waits" as const }, pull({})])
    expect(renderToStaticMarkup(<ForgeAlarm pulls={[quiet]} />)).toBe("");
});

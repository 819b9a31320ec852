import { renderToStaticMarkup as html } from "react-dom/server";
import { expect, test } from "vitest";
import { placedOf } from "#lib/timeline/placed.ts";
import { ChangedFiles } from "./changed-files.tsx";
import { EventLinksProvider } from "./event/context.tsx";

test("a file that was changed leads to its place in the patch, once there is one, whatever it is called", () => {
  const shown = (hasPatch: boolean) =>
    html(
      <EventLinksProvider runId="run_1" mayReadLog={false} hasPatch={hasPatch} placed={placedOf([])}>
        <ChangedFiles changed={{ paths: ["src/a&b \u202E.ts"], more: 0 }} />
      </EventLinksProvider>,
    );
  expect(shown(false)).not.toContain("href");
  expect(shown(true)).toContain('href="/reviews/run_1?file=src%2Fa%26b+%E2%80%AE.ts"');
  expect(shown(true)).toContain("‹U+202E›");
});

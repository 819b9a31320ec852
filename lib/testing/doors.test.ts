// Nothing of app/ is reachable but through a door of lib/guard. By the text of the sources; what the doors
// do is tested where they are.
import { describe, expect, test } from "vitest";
import { placesOf, sources } from "./sources.ts";

const app = sources().filter(({ path }) => path.startsWith("app/") && !path.endsWith(".test.ts"));
const named = (name: RegExp) => app.filter(({ path }) => name.test(path));

const METHOD = "(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)";
const METHODS = new RegExp(`^export\\b.*\\b${METHOD}\\b`);
const ROUTE_DOOR = new RegExp(
  `^export const ${METHOD}(?:: [^=]+)? = (?:route|streamRoute|runnerRoute|tokenRoute)\\(`,
);

/** The library's own handler: it signs nobody in by itself (lib/auth does), and reads no table of ours. */
const ROUTES_WITHOUT_DOOR = ["app/api/auth/[...nextauth]/route.ts"];

/** Frames around pages that read nothing. */
const FRAMES_WITHOUT_DOOR = ["app/layout.tsx"];

/** What anybody may reach without being signed in. */
const PUBLIC_DOORS = [
  "app/(auth)/actions.ts",
  "app/(auth)/link/[token]/page.tsx",
  "app/(auth)/sign-in/page.tsx",
  "app/(auth)/sign-in/return/route.ts",
  "app/(auth)/sign-in/second-step/page.tsx",
  "app/(auth)/sign-in/sso/route.ts",
  "app/api/forges/[connection]/route.ts",
  "app/api/pagers/[pager]/route.ts",
  "app/api/runner/v1/register/route.ts",
];

describe("doors", () => {
  test("every handler of a route is one", () => {
    const open = named(/\/route\.tsx?$/)
      .filter(({ path }) => !ROUTES_WITHOUT_DOOR.includes(path))
      .flatMap((source) => {
        const doors = new Set(placesOf(ROUTE_DOOR, [source]));
        const handlers = placesOf(METHODS, [source]);
        return handlers.length === 0 ? [source.path] : handlers.filter((place) => !doors.has(place));
      });
    expect(open).toEqual([]);
  });

  test("every server action is one, and actions stand in files of their own", () => {
    const files = named(/./).filter(({ text }) => /["']use server["']/.test(text));
    expect(files.filter(({ path }) => !/actions\.ts$/.test(path)).map(({ path }) => path)).toEqual([]);
    const exported = placesOf(/^export (?!type |interface )/, files);
    const doors = new Set(placesOf(/^export const \w+(?:: [^=]+)? = action\(/, files));
    expect(exported.filter((place) => !doors.has(place))).toEqual([]);
  });

  test("every page, and every layout that reads something, is one", () => {
    const frames = named(/\/(page|layout|template|default)\.tsx$/).filter(
      ({ path }) => !FRAMES_WITHOUT_DOOR.includes(path),
    );
    const open = frames.filter(({ text }) => !/^export default (page|layout)\(/m.test(text));
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  test("the ones that are open to everybody are a closed list", () => {
    const found = app.filter(({ text }) => /permission: "public"/.test(text)).map(({ path }) => path);
    expect(found.sort()).toEqual(PUBLIC_DOORS);
  });

  test("each says its permission, and how much it takes where it takes anything", () => {
    const doors = app.flatMap((source) =>
      [...source.text.matchAll(/= (action|route|streamRoute|tokenRoute)\(\{([\s\S]*?)handler/g)].map(
        ([, kind, head]) => ({ path: source.path, kind, head }),
      ),
    );
    const silent = doors.filter(({ head = "" }) => !/permission:/.test(head) || !/maxBytes[:,]/.test(head));
    expect(silent.map(({ path, kind }) => `${path}: ${kind}`)).toEqual([]);
  });
});

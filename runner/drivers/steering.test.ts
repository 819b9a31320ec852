import { describe, expect, test } from "vitest";
import { steeringOf } from "#lib/agents/rules.ts";
import { ModelDriver } from "#lib/agents/schema.ts";
import { systemClock } from "#lib/clock.ts";
import { createClaude } from "./claude/driver.ts";
import { codex } from "./codex/driver.ts";
import { createOpenai } from "./openai/driver.ts";
import type { AgentDriver } from "./port.ts";
import { recipe } from "./recipe/driver.ts";

const own = { stateFolder: "/nowhere", uid: null };
const drivers: readonly AgentDriver[] = [
  createOpenai(own),
  codex({ agents: null, clock: systemClock }),
  createClaude({ ...own, agents: null, clock: systemClock }),
];

describe("when a message reaches the model", () => {
  test.each(drivers)("of $name is said on the run's page as its driver says it", ({ name, caps }) => {
    expect(steeringOf(name)).toBe(caps.steer);
  });

  test("is said of every driver that can be chosen, and of none that reads no messages", () => {
    expect(drivers.map(({ name }) => name).toSorted()).toEqual(ModelDriver.options.toSorted());
    expect(steeringOf(recipe.name)).toBeNull();
    expect(recipe.caps.steer).toBe("none");
    expect(steeringOf("constructor")).toBeNull();
  });
});

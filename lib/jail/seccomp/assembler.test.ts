import { describe, expect, test } from "vitest";
import { argument, assemble, type Instruction } from "./assembler.ts";

describe("assembling a filter", () => {
  test("writes sock_filter structs, little-endian, labels as distances", () => {
    const bytes = assemble([
      { op: "load", offset: 4 },
      { op: "equal", value: 0xc000003e, yes: "good", no: null },
      { op: "return", value: 0x80000000 },
      { op: "label", name: "good" },
      { op: "return", value: 0x7fff0000 },
    ]);
    expect(bytes.toString("hex").match(/.{16}/g)).toEqual([
      "2000000004000000",
      "150001003e0000c0",
      "0600000000000080",
      "060000000000ff7f",
    ]);
  });

  test("knows where the arguments of a call lie", () => {
    expect([0, 1, 5].map(argument)).toEqual([16, 24, 56]);
  });

  test("refuses a label that is missing or there twice", () => {
    const jump: Instruction = { op: "equal", value: 1, yes: "nowhere", no: null };
    expect(() => assemble([jump])).toThrow("There is no label nowhere.");
    const label: Instruction = { op: "label", name: "here" };
    expect(() => assemble([label, label])).toThrow("twice");
  });

  test("refuses a jump backwards or farther than a byte can say", () => {
    const end: Instruction = { op: "return", value: 0 };
    expect(() =>
      assemble([
        { op: "label", name: "back" },
        { op: "at_least", value: 1, yes: "back", no: null },
      ]),
    ).toThrow("spans -1");
    const far = Array.from({ length: 256 }, () => end);
    expect(() =>
      assemble([
        { op: "any_bit", value: 1, yes: null, no: "far" },
        ...far,
        { op: "label", name: "far" },
        end,
      ]),
    ).toThrow("spans 256");
  });
});

import { describe, expect, test } from "vitest";
import { baseUrlOf, hintOf } from "./rules.ts";

const none = () => [];

describe("a provider's address", () => {
  test("is its own where nothing is written", () => {
    expect(baseUrlOf("openai", "", none)).toBe("https://api.openai.com/v1");
    expect(baseUrlOf("anthropic", "", none)).toBe("https://api.anthropic.com");
    expect(() => baseUrlOf("openai_compatible", "", none)).toThrow("Write the address");
    expect(() => baseUrlOf("azure_openai", "", none)).toThrow("Write the address");
  });

  test.each([
    ["https://models.example.org/v1/", "https://models.example.org/v1"],
    ["https://x.openai.azure.com/openai/v1", "https://x.openai.azure.com/openai/v1"],
    ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"],
    ["http://localhost:11434/v1", "http://localhost:11434/v1"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://models.internal/v1", "http://models.internal/v1"],
  ])("%s is kept as %s", (written, kept) => {
    expect(baseUrlOf("openai_compatible", written, () => ["models.internal"])).toBe(kept);
  });

  test.each([
    ["http://models.example.org/v1", "Without https"],
    ["http://127.0.0.1.example.org", "Without https"],
    ["http://2130706434x/", "Without https"],
    ["https://user:secret@models.example.org", "user name and password"],
    ["https://user@models.example.org", "user name and password"],
    ["https://models.example.org/v1?key=x", "from “?”"],
    ["https://models.example.org/v1#x", "from “?”"],
    ["http://169.254.169.254/latest", "cloud host itself"],
    ["https://169.254.169.254/latest", "cloud host itself"],
    ["https://0xa9fea9fe/", "cloud host itself"],
    ["https://metadata.google.internal/", "cloud host itself"],
    ["file:///etc/passwd", "with https://"],
    ["ftp://models.example.org", "with https://"],
    ["models.example.org/v1", "no address"],
    ["javascript:alert(1)", "with https://"],
  ])("probe: %s is refused", (written, sentence) => {
    expect(() => baseUrlOf("openai_compatible", written, () => ["models.internal"])).toThrow(sentence);
  });
});

describe("what is shown of a key", () => {
  test("is its last four characters, and nothing of a short one", () => {
    expect(hintOf("sk-0123456789abcdefWXYZ")).toBe("WXYZ");
    expect(hintOf("short-key")).toBe("");
  });
});

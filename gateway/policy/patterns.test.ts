import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computing } from "#lib/testing/computing.ts";
import { findCards, findEmails, findIbans, isIban, isLuhn } from "./patterns.ts";

const found = (find: typeof findCards, text: string) =>
  find(text).map(({ start, end }) => text.slice(start, end));

describe("card numbers", () => {
  // Test numbers the issuers and payment services publish.
  const CARDS = [
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3530111333300000",
    "30569309025904",
  ];
  test.each(CARDS)("%s is found, alone and in groups", (card) => {
    const grouped = card.replaceAll(/(.{4})(?=.)/g, "$1 ");
    for (const text of [card, grouped, grouped.replaceAll(" ", "-")])
      expect(found(findCards, `pay ${text}, now`)).toEqual([text]);
  });

  test("one digit that is another makes it none", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CARDS), fc.nat(), fc.integer({ min: 1, max: 9 }), (card, place, by) => {
        const at = place % card.length;
        const other = card.slice(0, at) + ((Number(card[at]) + by) % 10) + card.slice(at + 1);
        expect(isLuhn(other)).toBe(false);
        expect(findCards(other)).toEqual([]);
      }),
    );
  });

  test("probe: what logs are full of is none", () => {
    const none = [
      "1732312345678",
      "0000000000000000",
      "4111111111111112",
      "1.4111111111111111",
      "41111111111111110000",
      "2026-11-23 01:02:03.4111",
      "4111111111111111.5",
    ];
    for (const text of none) expect(findCards(text), text).toEqual([]);
  });
});

describe("IBANs", () => {
  // Examples of the IBAN Registry.
  const IBANS = [
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
  ];
  test.each(IBANS)("%s is found, alone and in groups of four", (iban) => {
    const grouped = iban.replaceAll(/(.{4})(?=.)/g, "$1 ");
    for (const text of [iban, grouped]) expect(found(findIbans, `to ${text} PLEASE`)).toEqual([text]);
  });

  test("one character that is another makes it none", () => {
    fc.assert(
      fc.property(fc.constantFrom(...IBANS), fc.nat(), fc.integer({ min: 1, max: 9 }), (iban, place, by) => {
        const at = 2 + (place % (iban.length - 2));
        const digit = Number.parseInt(iban[at] ?? "", 10);
        if (Number.isNaN(digit)) return;
        expect(isIban(iban.slice(0, at) + ((digit + by) % 10) + iban.slice(at + 1))).toBe(false);
      }),
    );
  });

  test("probe: words and digests in capitals are none", () => {
    for (const text of ["AB12CDEF34567890", "DE00370400440532013000", "XX89370400440532013000"])
      expect(findIbans(text), text).toEqual([]);
  });
});

describe("e-mail addresses", () => {
  test("are found in text, code and headers", () => {
    for (const address of ["a@b.de", "jo.doe+tag@mail.corp.co.uk", "JOHN_DOE@corp.museum"])
      expect(found(findEmails, `"${address}", <${address}>;`)).toEqual([address, address]);
  });

  test("probe: decorators, scopes of packages, versions, URLs and nobody's domains are none", () => {
    for (const text of [
      "@types/node@24.19.2",
      "import x from '@scope/pkg'",
      "x@localhost",
      "git@example.com",
      "a@b",
      "joe@site.example",
      "@a.b",
    ])
      expect(findEmails(text), text).toEqual([]);
  });
});

test("probe: no pattern takes long on text made to make it", () => {
  const hostile = [
    "4 ".repeat(200_000),
    "a.".repeat(200_000),
    `${"a".repeat(200_000)}@`,
    `a@${"b.".repeat(200_000)}`,
    "DE89 ".repeat(100_000),
    "1-".repeat(200_000),
  ];
  for (const text of hostile) {
    const took = computing(() => {
      for (const find of [findCards, findEmails, findIbans]) find(text);
    });
    expect(took, text.slice(0, 10)).toBeLessThan(2000);
  }
});

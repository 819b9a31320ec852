// Numbers and addresses of people that do not leave by accident. Each pattern is linear, and what it finds is checked by
// arithmetic where there is one, since a log is full of digits.
import { merged, type Place } from "#lib/secrets/rules.ts";

/** Thirteen to nineteen digits, alone or in groups; the numbers of the issuers that exist. */
const CARD = /(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d-]|\.\d)/g;
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^(?:30[0-5]|36|38|39)/, [14, 16]],
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  [/^62/, [16, 17, 18, 19]],
];

/** ISO/IEC 7812-1, annex B. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const isCard = (digits: string) =>
  isLuhn(digits) &&
  !/^(\d)\1+$/.test(digits) &&
  ISSUERS.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length));

/** Length by country, IBAN Registry of SWIFT. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
    "FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 " +
    "LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 " +
    "RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g;

/** ISO 13616: the rest of the number by 97 is 1. */
export function isIban(text: string): boolean {
  if (IBAN_LENGTHS[text.slice(0, 2)] !== text.length) return false;
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Groups of four with a space between may be followed by a word in capitals: the number is the start that fits. */
function ibanIn(match: string): number {
  const length = IBAN_LENGTHS[match.slice(0, 2)];
  if (length === undefined) return 0;
  let seen = 0;
  for (let at = 0; at < match.length; at++) {
    if (match[at] !== " ") seen++;
    if (seen === length) return isIban(match.slice(0, at + 1).replaceAll(" ", "")) ? at + 1 : 0;
  }
  return 0;
}

const EMAIL =
  /(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])/g;

/** Domains that are nobody's: RFC 2606 and RFC 6761. */
const NOBODY = /@(?:[^@]+\.)?(?:example\.(?:com|net|org)|[^@]*\.(?:example|invalid|test|localhost))$/i;

export function findCards(text: string): Place[] {
  return [...text.matchAll(CARD)]
    .filter(([match]) => isCard(match.replaceAll(/[ -]/g, "")))
    .map(({ index, 0: { length } }) => ({ start: index, end: index + length, rule: "card number" }));
}

export function findIbans(text: string): Place[] {
  return [...text.matchAll(IBAN)].flatMap(({ index, 0: match }) => {
    const length = ibanIn(match);
    return length === 0 ? [] : [{ start: index, end: index + length, rule: "iban" }];
  });
}

export function findEmails(text: string): Place[] {
  const places = [...text.matchAll(EMAIL)]
    .filter(([match]) => !NOBODY.test(match))
    .map(({ index, 0: { length } }) => ({ start: index, end: index + length, rule: "e-mail" }));
  return merged(places);
}

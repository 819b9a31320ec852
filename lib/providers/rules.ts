// Where a provider may be, and what of a key may be shown.
import { badInput } from "../errors.ts";
import type { ProviderKind } from "./schema.ts";

const FIXED: Partial<Record<ProviderKind, string>> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com",
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Answers with the credentials of cloud hosts: no model lives there. */
const METADATA = /^(169\.254(\.\d{1,3}){2}|\[fe80:.*\]|\[fd00:ec2::254\]|metadata\.google\.internal)\.?$/i;

const wrong = (sentence: string) => badInput(sentence, { baseUrl: [sentence] });

/**
 * The address requests are made under, without a slash at its end. https, or http where it does not leave this host or
 * an operator allowed the host by name. Throws bad_input with the sentence for the field.
 */
export function baseUrlOf(kind: ProviderKind, written: string, httpHosts: () => readonly string[]): string {
  const text = written === "" ? FIXED[kind] : written;
  if (text === undefined) throw wrong("Write the address under which the provider answers.");
  if (!URL.canParse(text)) throw wrong("This is no address. Write it as https://host/path.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw wrong("Write an address with https://.");
  if (url.username !== "" || url.password !== "")
    throw wrong("Leave user name and password out of the address; the key has a field of its own.");
  if (url.search !== "" || url.hash !== "")
    throw wrong("Leave everything from “?” or “#” on out of the address.");
  if (METADATA.test(url.hostname))
    throw wrong("This address belongs to the cloud host itself, not to a provider.");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname) && !httpHosts().includes(url.hostname))
    throw wrong(
      "Without https the key could be read on its way. Write https://, or let an operator allow this host in PILOTHOUSE_HTTP_PROVIDERS.",
    );
  return url.href.replace(/\/+$/, "");
}

/** What a person knows the key by: its last four characters, of a key long enough to spare them. */
export const hintOf = (key: string): string => (key.length >= 16 ? key.slice(-4) : "");

export interface ProviderFacts {
  readonly id: string;
  readonly disabled: boolean;
  /** Keys that are not retired, in the order of their ids. */
  readonly keys: readonly string[];
}

/** What entries commit to before and after. */
export const providerState = ({ id, disabled, keys }: ProviderFacts) => ({
  provider: id,
  disabled,
  keys: [...keys].sort(),
});

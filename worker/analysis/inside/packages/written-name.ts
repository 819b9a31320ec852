import type { Ecosystem } from "./model.ts";

/** For each language the same name is written as: underscores and dots are dashes to pip and cargo. */
const WRITTEN: Readonly<Partial<Record<Ecosystem, (name: string) => string>>> = {
  pypi: (name) => name.toLowerCase().replaceAll(/[-_.]+/g, "-"),
  cargo: (name) => name.replaceAll("_", "-"),
  nuget: (name) => name.toLowerCase(),
};

export const writtenName = (ecosystem: Ecosystem, name: string): string => WRITTEN[ecosystem]?.(name) ?? name;

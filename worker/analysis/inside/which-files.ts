import { configFormat } from "./configs/which.ts";
import { mayHoldHeader } from "./licences/headers.ts";
import { isAboutPackages } from "./packages/which.ts";
import type { ChangedContent } from "./request.ts";
import { isOtherTest, isSnapshot, isTestPath } from "./tests/which.ts";

/** Whether any rule looks into this file. */
export const isAskedAbout = (file: ChangedContent): boolean => isNamed(file) || mayHoldHeader(file);

const isNamed = ({ path, previousPath, isHarness }: ChangedContent): boolean =>
  isHarness ||
  [path, previousPath ?? path].some(
    (one) =>
      isTestPath(one) ||
      configFormat(one) !== null ||
      isAboutPackages(one) ||
      isSnapshot(one) ||
      isOtherTest(one),
  );

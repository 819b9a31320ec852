// A week as a file.
import { chromiumSetting } from "../../env.ts";
import type { Scope } from "../../scope.ts";
import { getWeek } from "../service.ts";
import { htmlOf } from "./html.ts";
import { markdownOf } from "./markdown.ts";
import { printPdf } from "./print-pdf.ts";

export const weekAsMarkdown = async (scope: Scope, pilotId: string, number: number): Promise<string> =>
  markdownOf(await getWeek(scope, pilotId, number));

/** Printed by the host's Chromium; throws a sentence where there is none. */
export const weekAsPdf = async (scope: Scope, pilotId: string, number: number): Promise<Buffer> =>
  printPdf(htmlOf(await getWeek(scope, pilotId, number)), chromiumSetting());

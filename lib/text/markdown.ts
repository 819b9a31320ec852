// Tables as Markdown of what others wrote: nothing in a cell is markup, a link or a picture. Pure.

/** Text of one cell; whatever Markdown or HTML would read stands behind a backslash or as its name. */
export const markdownCell = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#!|~]/g, "\\$&")
    .replaceAll(/[\r\n\u2028\u2029]+/g, " ");

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export const markdownTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows.map((row) => row.map(markdownCell))].map(line).join("\n");

/** Headers of an answer that is kept as a file. */
export const markdownHeaders = (name: string): Record<string, string> => ({
  "content-type": "text/markdown; charset=utf-8",
  "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "")}"`,
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
});
